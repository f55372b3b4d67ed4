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
