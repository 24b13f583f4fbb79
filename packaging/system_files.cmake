# Run at installation: the units name the places where this installation really lies, and a configuration that somebody
# has changed is left alone.  EP_PACKAGING and EP_GENERATED are set by CMakeLists.txt.
set(CMAKE_INSTALL_FULL_BINDIR ${CMAKE_INSTALL_PREFIX}/bin)
set(CMAKE_INSTALL_FULL_SYSCONFDIR ${CMAKE_INSTALL_PREFIX}/etc)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(CMAKE_INSTALL_FULL_SYSCONFDIR /etc)
endif()

foreach(unit eulerpublisher-sync.service eulerpublisher-sync-once.service)
  configure_file(${EP_PACKAGING}/systemd/${unit}.in ${EP_GENERATED}/${unit} @ONLY)
endforeach()
file(INSTALL ${EP_GENERATED}/eulerpublisher-sync.service ${EP_GENERATED}/eulerpublisher-sync-once.service
  ${EP_PACKAGING}/systemd/eulerpublisher-sync-once.timer
  DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)

set(configuration ${CMAKE_INSTALL_FULL_SYSCONFDIR}/eulerpublisher)
foreach(file ${EP_PACKAGING}/etc/sync.env ${EP_PACKAGING}/../config/policy.yaml)
  get_filename_component(name ${file} NAME)
  if(NOT EXISTS $ENV{DESTDIR}${configuration}/${name})
    file(INSTALL ${file} DESTINATION ${configuration})
  endif()
endforeach()
if(NOT EXISTS $ENV{DESTDIR}${configuration}/auth.json)
  file(INSTALL ${EP_PACKAGING}/etc/auth.json DESTINATION ${configuration} PERMISSIONS OWNER_READ OWNER_WRITE)
endif()
