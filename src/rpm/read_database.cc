#include "rpm/read_database.h"

#include <fcntl.h>
#include <rpm/header.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmmacro.h>
#include <rpm/rpmts.h>

#include <algorithm>
#include <memory>

#include "rpm/ndb.h"
#include "stream/stream.h"

namespace eulerpublisher {
namespace {

constexpr size_t most_packages = 200'000;
constexpr uint64_t largest_file = 512 << 20;

template <auto release>
struct Releases {
  template <class T>
  void operator()(T* held) const {
    release(held);
  }
};
using Transaction = std::unique_ptr<rpmts_s, Releases<rpmtsFree>>;
using Walk = std::unique_ptr<rpmdbMatchIterator_s, Releases<rpmdbFreeIterator>>;

std::string text_of(Header header, rpmTag tag) {
  const char* text = headerGetString(header, tag);
  return text ? text : "";
}

std::string number_of(Header header, rpmTag tag) {
  return headerIsEntry(header, tag) ? std::to_string(headerGetNumber(header, tag)) : "";
}

// `RSA/SHA256, Thu 01 Jun 2023 10:00:00 AM UTC, Key ID b25e7f66d8a9b4d7`: its last word.
std::string key_of(Header header) {
  for (const char* tag : {"DSAHEADER", "RSAHEADER", "SIGGPG", "SIGPGP"}) {
    std::string format = std::string("%|") + tag + "?{%{" + tag + ":pgpsig}}|";
    std::unique_ptr<char, Releases<free>> text(headerFormat(header, format.c_str(), nullptr));
    std::string_view told = text ? text.get() : "";
    constexpr std::string_view mark = "Key ID ";
    if (size_t at = told.find(mark); at != told.npos)
      return std::string(told.substr(
          at + mark.size(),
          told.find_first_not_of("0123456789abcdefABCDEF", at + mark.size()) - (at + mark.size())));
  }
  return {};
}

Package package_of(Header header) {
  uint64_t size = headerIsEntry(header, RPMTAG_LONGSIZE) ? headerGetNumber(header, RPMTAG_LONGSIZE)
                                                         : headerGetNumber(header, RPMTAG_SIZE);
  return {text_of(header, RPMTAG_NAME),
          number_of(header, RPMTAG_EPOCH),
          text_of(header, RPMTAG_VERSION),
          text_of(header, RPMTAG_RELEASE),
          text_of(header, RPMTAG_ARCH),
          key_of(header),
          size};
}

// What librpm said while it read: the first error; warnings (an index that is not there) do not count.
struct Said {
  std::string error;
  bool unknown_kind = false;
};

int listen(rpmlogRec record, rpmlogCallbackData data) {
  Said& said = *static_cast<Said*>(data);
  std::string text = rpmlogRecMessage(record);
  while (text.ends_with('\n')) text.pop_back();
  if (text.find("dummy database") != text.npos) said.unknown_kind = true;
  if (rpmlogRecPriority(record) <= RPMLOG_ERR && said.error.empty()) said.error = std::move(text);
  return 0;
}

Result<PackageList> read_with_librpm(const std::filesystem::path& folder, const char* kind) {
  Said said;
  rpmlogSetCallback(listen, &said);
  rpmPushMacro(nullptr, "_dbpath", nullptr, folder.c_str(), RMIL_CMDLINE);
  rpmPushMacro(nullptr, "_db_backend", nullptr, kind, RMIL_CMDLINE);
  Transaction transaction(rpmtsCreate());
  // Whether signatures are true cannot be told without the packages; here it counts by whom they say they
  // are.
  rpmtsSetVSFlags(transaction.get(),
                  static_cast<rpmVSFlags>(_RPMVSF_NODIGESTS | _RPMVSF_NOSIGNATURES | RPMVSF_NOHDRCHK));
  bool opened = rpmtsOpenDB(transaction.get(), O_RDONLY) == 0;
  PackageList packages;
  if (opened && !said.unknown_kind)
    if (Walk walk{rpmtsInitIterator(transaction.get(), RPMDBI_PACKAGES, nullptr, 0)})
      while (Header header = rpmdbNextIterator(walk.get())) {
        if (packages.size() == most_packages) return corrupt("it lists more than {} packages", most_packages);
        packages.push_back(package_of(header));
      }
  if (said.unknown_kind) return unsupported("librpm as it is installed here does not know the kind {}", kind);
  if (!said.error.empty()) return corrupt("{}", said.error);
  if (!opened) return corrupt("librpm does not say why");
  return packages;
}

Result<PackageList> read_ndb(const std::filesystem::path& file) {
  std::string bytes = TRY(read_file(file.string(), largest_file));
  PackageList packages;
  for (std::string_view text : TRY(ndb_headers(bytes))) {
    if (packages.size() == most_packages) return corrupt("it lists more than {} packages", most_packages);
    std::string copy(text);
    std::unique_ptr<headerToken_s, Releases<headerFree>> header(
        headerImport(copy.data(), static_cast<unsigned>(copy.size()), HEADERIMPORT_COPY));
    if (!header) return corrupt("the header of package {} is damaged", packages.size() + 1);
    packages.push_back(package_of(header.get()));
  }
  return packages;
}

}  // namespace

Result<PackageList> read_database(const std::filesystem::path& folder) {
  bool sqlite = std::filesystem::exists(folder / "rpmdb.sqlite");
  bool ndb = !sqlite && std::filesystem::exists(folder / "Packages.db");
  PackageList packages = ndb ? TRY(read_ndb(folder / "Packages.db"))
                             : TRY(read_with_librpm(folder, sqlite ? "sqlite" : "bdb_ro"));
  std::ranges::sort(packages);
  return packages;
}

}  // namespace eulerpublisher
