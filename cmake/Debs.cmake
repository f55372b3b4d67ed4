# What is installed where, and the Debian packages `custdkim` and `custdkim-lab`: cpack in a release build makes them.
find_program(LOWDOWN_PROGRAM lowdown REQUIRED)  # man pages out of the same Markdown as the documents

# PAGE is "custdkim.1": docs/custdkim.1.md, whose title becomes the header and whose headings are one level too deep.
function(custdkim_man_page component page)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${page}.gz)
  set(source ${CMAKE_SOURCE_DIR}/docs/${page}.md)
  set(script "sed -e 1d -e 's/^## /# /' '${source}' | '${LOWDOWN_PROGRAM}' -s -T man -M title=${component} -M section=1 \
| gzip -9 -n >'${made}'")
  add_custom_command(OUTPUT ${made} DEPENDS ${source} COMMAND sh -c "${script}" VERBATIM)
  add_custom_target(man_${page} ALL DEPENDS ${made})
  install(FILES ${made} DESTINATION share/man/man1 COMPONENT ${component})
endfunction()

set(packaging ${CMAKE_SOURCE_DIR}/packaging)
install(TARGETS custdkim DESTINATION bin COMPONENT custdkim)
install(FILES ${packaging}/systemd/custdkim.service ${packaging}/systemd/custdkim.socket DESTINATION /lib/systemd/system
        COMPONENT custdkim)
install(FILES ${CMAKE_SOURCE_DIR}/docs/custdkim.toml DESTINATION /etc/custdkim COMPONENT custdkim
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
install(TARGETS custdkim-lab DESTINATION bin COMPONENT custdkim-lab)
install(FILES ${CMAKE_SOURCE_DIR}/docs/custdkim-lab.toml DESTINATION share/doc/custdkim-lab/examples COMPONENT custdkim-lab)
foreach(component custdkim custdkim-lab)
  install(FILES ${packaging}/debian/copyright DESTINATION share/doc/${component} COMPONENT ${component})
endforeach()
custdkim_man_page(custdkim custdkim.1)
custdkim_man_page(custdkim-lab custdkim-lab.1)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME custdkim)
set(CPACK_PACKAGE_CONTACT "The custdkim developers <custdkim@example.net>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL custdkim custdkim-lab)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_NAME custdkim)
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_DEPENDS "adduser, openssl, publicsuffix, init-system-helpers")
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_SUGGESTS "pdns-server, pdns-backend-remote")
set(CPACK_DEBIAN_CUSTDKIM_PACKAGE_CONTROL_EXTRA ${packaging}/debian/custdkim/conffiles
    ${packaging}/debian/custdkim/postinst ${packaging}/debian/custdkim/prerm ${packaging}/debian/custdkim/postrm)
set(CPACK_COMPONENT_CUSTDKIM_DESCRIPTION "DKIM keys in customers' domains, behind PowerDNS
 Publishes the DKIM keys of a mail platform's customers behind two CNAMEs, rotates
 them, and says what is wrong with a customer's CNAME. A backend of PowerDNS.")
set(CPACK_DEBIAN_CUSTDKIM-LAB_PACKAGE_NAME custdkim-lab)
set(CPACK_DEBIAN_CUSTDKIM-LAB_PACKAGE_DEPENDS publicsuffix)
set(CPACK_DEBIAN_CUSTDKIM-LAB_PACKAGE_SUGGESTS custdkim)
set(CPACK_COMPONENT_CUSTDKIM-LAB_DESCRIPTION "laboratory for DKIM keys in customers' domains
 A resolver over fake customer zones that shows the misconfigurations of real
 ones, and a rehearsal of the whole service on a clock that can be moved.")
include(CPack)
