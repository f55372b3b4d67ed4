# custdkim_room(NAME [USES room...] [LINKS library...]): the folder's sources as one static library.
# Headers are included from the root of the tree: #include "keys/key.hpp".
function(custdkim_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ROOM_USES} PRIVATE ${ROOM_LINKS} Threads::Threads)
endfunction()

# custdkim_tests(ROOM [USES room...] [LINKS library...]): tests/ROOM/*_test.cpp as one Catch2 program.
function(custdkim_tests room)
  cmake_parse_arguments(TESTS "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cpp)
  set(program ${room}_tests)
  add_executable(${program} ${sources} $<TARGET_OBJECTS:catch_main>)
  target_link_libraries(${program} PRIVATE ${TESTS_USES} ${TESTS_LINKS} Catch2::Catch2 Threads::Threads)
  target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${program} PRIVATE CUSTDKIM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  catch_discover_tests(${program} TEST_PREFIX "${room}: " PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

# custdkim_embed(TARGET FOLDER HEADER header NAMESPACE namespace TYPE type FUNCTION name): the TOML files of
# FOLDER become part of the program. Adding one to the folder is all there is to adding one.
function(custdkim_embed target folder)
  cmake_parse_arguments(EMBED "" "HEADER;NAMESPACE;TYPE;FUNCTION" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.toml)
  set(embedded ${CMAKE_CURRENT_BINARY_DIR}/table_of_${EMBED_FUNCTION}.cpp)
  set(script ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake)
  add_custom_command(OUTPUT ${embedded} DEPENDS ${files} ${script}
                     COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DFOLDER=${folder} -DOUTPUT=${embedded}
                             -DHEADER=${EMBED_HEADER} -DNAMESPACE=${EMBED_NAMESPACE} -DTYPE=${EMBED_TYPE}
                             -DFUNCTION=${EMBED_FUNCTION} -P ${script})
  target_sources(${target} PRIVATE ${embedded})
endfunction()
