#include "cli/person.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace eulerpublisher::cli {

std::string person() {
  uid_t user = getuid();
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> room{};
  getpwuid_r(user, &entry, room.data(), room.size(), &found);
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return (found ? std::string(found->pw_name) : std::to_string(user)) + "@" + host.data();
}

}  // namespace eulerpublisher::cli
