# Headers that are compiled once for all rooms, or for all tests. With clang that saves a second a source; g++ 12 is no
# faster with it, so that release and debug, which go without, notice what a source forgot to include.
option(CUSTDKIM_PRECOMPILE "Compile the headers that most sources include only once" OFF)
if(CUSTDKIM_PRECOMPILE)
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  if(CCACHE_PROGRAM)  # what ccache asks for then; no source here has __DATE__ or __TIME__
    list(APPEND ccache_settings CCACHE_SLOPPINESS=pch_defines,time_macros)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env ${ccache_settings} ${CCACHE_PROGRAM})
  endif()
endif()

# custdkim_precompile(NAME HEADER [library...]): a library that holds HEADER, for custdkim_use_precompiled.
function(custdkim_precompile name header)
  if(CUSTDKIM_PRECOMPILE)
    add_library(${name} OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${ARGN} Threads::Threads)
    target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/${header})
  endif()
endfunction()

function(custdkim_use_precompiled target name)
  if(CUSTDKIM_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()
