# custdkim_room(NAME [USES room...] [LINKS library...]): the folder's sources as one static library.
# Headers are included from the root of the tree: #include "keys/key.hpp".
function(custdkim_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ROOM_USES} PRIVATE ${ROOM_LINKS} Threads::Threads)
  custdkim_use_precompiled(${name} precompiled)
endfunction()

# custdkim_tests(ROOM [ONE_THREAD] [USES room...] [LINKS library...]): tests/ROOM/*_test.cpp as one Catch2 program. One that
# starts no second thread tells TSan nothing, and is not built for it.
function(custdkim_tests room)
  cmake_parse_arguments(TESTS "ONE_THREAD" "" "USES;LINKS" ${ARGN})
  if(TESTS_ONE_THREAD AND CUSTDKIM_SANITIZE STREQUAL "thread")
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cpp)
  set(program ${room}_tests)
  add_executable(${program} ${sources} $<TARGET_OBJECTS:catch_main>)
  target_link_libraries(${program} PRIVATE ${TESTS_USES} ${TESTS_LINKS} source_dir Catch2::Catch2 Threads::Threads)
  target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${program} PRIVATE -O0)  # in release, too: it takes half the time
  custdkim_use_precompiled(${program} precompiled_tests)
  catch_discover_tests(${program} TEST_PREFIX "${room}: " PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

# custdkim_embed(TARGET FOLDER PATTERNS pattern... HEADER header NAMESPACE namespace TYPE type FUNCTION name): the files
# of FOLDER that fit a pattern become part of the program. Adding one to the folder is all there is to adding one.
function(custdkim_embed target folder)
  cmake_parse_arguments(EMBED "" "HEADER;NAMESPACE;TYPE;FUNCTION" "PATTERNS" ${ARGN})
  list(TRANSFORM EMBED_PATTERNS PREPEND ${CMAKE_SOURCE_DIR}/${folder}/ OUTPUT_VARIABLE globs)
  file(GLOB files CONFIGURE_DEPENDS ${globs})
  list(JOIN EMBED_PATTERNS "," patterns)
  set(embedded ${CMAKE_CURRENT_BINARY_DIR}/table_of_${EMBED_FUNCTION}.cpp)
  set(script ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake)
  add_custom_command(OUTPUT ${embedded} DEPENDS ${files} ${script} VERBATIM
                     COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DFOLDER=${folder} -DPATTERNS=${patterns}
                             -DHEADER=${EMBED_HEADER} -DNAMESPACE=${EMBED_NAMESPACE} -DTYPE=${EMBED_TYPE}
                             -DFUNCTION=${EMBED_FUNCTION} -DOUTPUT=${embedded} -P ${script})
  target_sources(${target} PRIVATE ${embedded})
endfunction()
