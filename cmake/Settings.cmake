# Language level, warnings as errors, sanitizers and ccache: what every target shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)  # false alarms in std::string at -O2 (GCC bug 105651)
endif()
add_compile_options(-fstack-protector-strong)

set(CUSTDKIM_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread")
if(CUSTDKIM_SANITIZE)
  add_compile_options(-fsanitize=${CUSTDKIM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CUSTDKIM_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CUSTDKIM_SANITIZE MATCHES "undefined")
    # clang 14 cannot emit -fsanitize=function for coroutines ("difference across sections").
    add_compile_options(-fno-sanitize=function)
  endif()
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # What one checkout compiled serves every other of the same sources.
  set(ccache_settings CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env ${ccache_settings} ${CCACHE_PROGRAM})
endif()
