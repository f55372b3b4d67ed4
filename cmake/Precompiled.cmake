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

set(CUSTDKIM_PRECOMPILED
    <algorithm> <array> <chrono> <condition_variable> <filesystem> <fstream> <functional> <future> <iostream> <map> <memory>
    <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map> <variant> <vector>
    <nlohmann/json.hpp>)

# custdkim_precompile(NAME HEADERS header... [LINKS library...]): a library that holds them, for custdkim_use_precompiled.
function(custdkim_precompile name)
  cmake_parse_arguments(PRECOMPILE "" "" "HEADERS;LINKS" ${ARGN})
  if(CUSTDKIM_PRECOMPILE)
    set(source ${CMAKE_BINARY_DIR}/${name}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "// Something to compile, so that the headers are.\n")
    add_library(${name} OBJECT ${source})
    target_link_libraries(${name} PRIVATE ${PRECOMPILE_LINKS} Threads::Threads)
    target_precompile_headers(${name} PRIVATE ${PRECOMPILE_HEADERS})
  endif()
endfunction()

function(custdkim_use_precompiled target name)
  if(CUSTDKIM_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()
