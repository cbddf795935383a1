# find_package(nlib): the targets nlib::nlib, and nlib::static for the archive.
get_filename_component(_nlib_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET nlib::nlib)
  add_library(nlib::nlib SHARED IMPORTED)
  set_target_properties(nlib::nlib PROPERTIES
    IMPORTED_LOCATION "${_nlib_prefix}/lib/libnlib.so.1"
    IMPORTED_SONAME "libnlib.so.1"
    INTERFACE_INCLUDE_DIRECTORIES "${_nlib_prefix}/include")
  add_library(nlib::static STATIC IMPORTED)
  set_target_properties(nlib::static PROPERTIES
    IMPORTED_LOCATION "${_nlib_prefix}/lib/libnlib.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_nlib_prefix}/include"
    INTERFACE_LINK_LIBRARIES "stdc++;m;z;zstd;dl;pthread")
endif()
unset(_nlib_prefix)
