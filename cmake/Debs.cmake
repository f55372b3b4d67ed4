# What is installed where, and the Debian packages `custdkim` and `custdkim-lab`: scripts/packages.sh makes them.
find_program(LOWDOWN_PROGRAM lowdown REQUIRED)  # man pages out of the same Markdown as the documents
set(packaging ${CMAKE_SOURCE_DIR}/packaging)
add_custom_target(packaged_files ALL)

# Installs what SHELL_COMMAND prints, compressed as Debian wants it.
function(custdkim_install_compressed component name destination shell_command source)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/packaged/${component}/${name}.gz)
  get_filename_component(folder ${made} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${made} DEPENDS ${source} COMMAND sh -c "${shell_command} | gzip -9 -n >'${made}'" VERBATIM)
  add_custom_target(packaged_${component}_${name} DEPENDS ${made})
  add_dependencies(packaged_files packaged_${component}_${name})
  install(FILES ${made} DESTINATION ${destination} COMPONENT ${component})
endfunction()

# docs/PROGRAM.1.md as a page for man(1): its title becomes the header, its headings are one level too deep there, and
# links to other documents are their names.
function(custdkim_install_man_page program)
  set(page ${CMAKE_SOURCE_DIR}/docs/${program}.1.md)
  set(edit "sed -e 1d -e '/^<!--/d' -e 's/^## /# /' -e 's/^### /## /' -e 's/\\[\\([^]]*\\)\\]([^)]*)/\\1/g' '${page}'")
  set(format "'${LOWDOWN_PROGRAM}' -s -T man -M title=${program} -M section=1 -M source='custdkim ${PROJECT_VERSION}'")
  custdkim_install_compressed(${program} ${program}.1 share/man/man1 "${edit} | ${format}" ${page})
endfunction()

# Completion of words: where bash and zsh look for it.
function(custdkim_install_completion program)
  foreach(shell bash zsh)
    set(made ${CMAKE_CURRENT_BINARY_DIR}/packaged/${program}/completion.${shell})
    add_custom_command(OUTPUT ${made} DEPENDS ${program} COMMAND sh -c "'$<TARGET_FILE:${program}>' completion ${shell} >'${made}'" VERBATIM)
    add_custom_target(packaged_${program}_completion_${shell} DEPENDS ${made})
    add_dependencies(packaged_files packaged_${program}_completion_${shell})
  endforeach()
  set(made ${CMAKE_CURRENT_BINARY_DIR}/packaged/${program}/completion)
  install(FILES ${made}.bash DESTINATION share/bash-completion/completions RENAME ${program} COMPONENT ${program})
  install(FILES ${made}.zsh DESTINATION share/zsh/vendor-completions RENAME _${program} COMPONENT ${program})
endfunction()

foreach(program custdkim custdkim-lab)
  target_link_options(${program} PRIVATE -Wl,-z,relro,-z,now)  # no table of functions that could be written to
  install(TARGETS ${program} DESTINATION bin COMPONENT ${program})
  custdkim_install_man_page(${program})
  custdkim_install_completion(${program})
  install(FILES ${packaging}/debian/copyright DESTINATION share/doc/${program} COMPONENT ${program})
  set(changelog ${packaging}/debian/changelog)
  custdkim_install_compressed(${program} changelog share/doc/${program} "cat '${changelog}'" ${changelog})
endforeach()
install(FILES ${packaging}/systemd/custdkim.service ${packaging}/systemd/custdkim.socket
        ${packaging}/systemd/custdkim-milter.service DESTINATION /lib/systemd/system
        COMPONENT custdkim)
install(FILES ${CMAKE_SOURCE_DIR}/docs/custdkim.toml DESTINATION /etc/custdkim COMPONENT custdkim)
install(FILES ${CMAKE_SOURCE_DIR}/docs/custdkim-lab.toml DESTINATION share/doc/custdkim-lab/examples
        COMPONENT custdkim-lab)

# The documents, but for those that only developers of custdkim read.
file(GLOB documents CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/*.md)
list(FILTER documents EXCLUDE REGEX "(\\.1|architecture|fuzzing|powerdns-suite|soak)\\.md$")
install(FILES ${documents} ${CMAKE_SOURCE_DIR}/CHANGELOG.md DESTINATION share/doc/custdkim COMPONENT custdkim)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/examples/monitoring DESTINATION share/doc/custdkim/examples COMPONENT custdkim)
install(FILES ${CMAKE_SOURCE_DIR}/docs/lab.md ${CMAKE_SOURCE_DIR}/docs/misconfigurations.md
        DESTINATION share/doc/custdkim-lab COMPONENT custdkim-lab)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME custdkim)
set(CPACK_PACKAGE_CONTACT "The custdkim developers <custdkim@example.net>")
set(CPACK_OUTPUT_FILE_PREFIX packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL custdkim custdkim-lab)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SOURCE custdkim)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_NAME custdkim)
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_DEPENDS "adduser, openssl, publicsuffix")
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_SUGGESTS "pdns-backend-remote, pdns-server, sqlite3")
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_CONTROL_EXTRA ${packaging}/debian/custdkim/conffiles
    ${packaging}/debian/custdkim/postinst ${packaging}/debian/custdkim/prerm ${packaging}/debian/custdkim/postrm)
set(CPACK_COMPONENT_CUSTDKIM_DESCRIPTION "DKIM keys in customers' domains, behind PowerDNS
Publishes the DKIM keys of a mail platform's customers behind two CNAMEs,
rotates them, and says what is wrong with a customer's CNAME. A backend of
PowerDNS.")
set(CPACK_DEBIAN_CUSTDKIM-LAB_PACKAGE_NAME custdkim-lab)
set(CPACK_DEBIAN_CUSTDKIM-LAB_PACKAGE_DEPENDS publicsuffix)
set(CPACK_DEBIAN_CUSTDKIM-LAB_PACKAGE_SUGGESTS custdkim)
set(CPACK_COMPONENT_CUSTDKIM-LAB_DESCRIPTION "laboratory for DKIM keys in customers' domains
A resolver over fake customer zones that shows the misconfigurations of
real ones, and a rehearsal of the whole service on a clock that can be moved.")
include(CPack)
