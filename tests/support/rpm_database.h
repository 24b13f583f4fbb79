#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/process.h"

namespace eulerpublisher::test {

// The kinds of rpm database.
enum class DatabaseKind { sqlite, ndb, berkeley };

// The base set of 24.03-LTS-SP1, for RpmDatabase.
std::map<std::string, std::string> base_packages();

// A real rpm database, made with rpmbuild and rpm from packages without files.
class RpmDatabase {
 public:
  // `versions`: packages by name, with version and release: `5.2.15-9`.  Signed with a key of its own, which
  // is imported too, when it is `signed_`.
  RpmDatabase(const std::map<std::string, std::string>& versions, const std::string& architecture,
              bool is_signed = false);

  // Whether what that takes is installed here.
  static bool can_make(DatabaseKind kind);
  // Where the file lies in a root, and its bytes.
  static std::string path_of(DatabaseKind kind);
  std::string bytes(DatabaseKind kind) const;
  // The SQLite file as it is once rpm has forgotten this package, which may be a key: `gpg-pubkey`.
  std::string without(const std::string& package) const;

 private:
  // The headers of the packages, by their numbers.
  std::map<unsigned, std::string> headers() const;
  std::string ndb() const;
  std::string berkeley() const;

  TempFolder folder_{"ep-rpm"};
};

}  // namespace eulerpublisher::test
