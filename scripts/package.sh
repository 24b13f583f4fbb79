#!/usr/bin/env bash
# Builds packages of the commit that is checked out.
#
#   scripts/package.sh deb        a Debian package, with CPack
#   scripts/package.sh rpm        an RPM, from packaging/rpm/eulerpublisher.spec and a git archive
#
# The packages lie in build-package/ afterwards.  On Debian the RPM is built with Debian's libraries: a trial of the
# spec, nothing to install on openEuler.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
out=$PWD/build-package
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$PWD

build_deb() {
  install_packages build
  cmake -S . -B "$out" -G Ninja -DCMAKE_INSTALL_PREFIX=/usr -DEP_ZSH_COMPLETIONS=share/zsh/vendor-completions
  cmake --build "$out" --target eulerpublisher command_line_texts
  cpack -G DEB --config "$out/CPackConfig.cmake" -B "$out"
}

build_rpm() {
  install_packages build
  local version name nodeps=()
  version=$(sed -n 's/^Version: *//p' packaging/rpm/eulerpublisher.spec)
  name=eulerpublisher-$version
  mkdir -p "$out/rpm/SOURCES"
  git archive --prefix="$name/" -o "$out/rpm/SOURCES/$name.tar.gz" HEAD
  # What apt has installed, rpm does not know.
  if command -v dpkg >/dev/null; then nodeps=(--nodeps); fi
  rpmbuild -ba "${nodeps[@]}" --define "_topdir $out/rpm" packaging/rpm/eulerpublisher.spec
  find "$out/rpm/RPMS" "$out/rpm/SRPMS" -name '*.rpm' -exec cp {} "$out" \;
}

case ${1:-} in
  deb) build_deb ;;
  rpm) build_rpm ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' scripts/package.sh >&2
    exit 2
    ;;
esac
ls -l "$out"/*.deb "$out"/*.rpm 2>/dev/null
