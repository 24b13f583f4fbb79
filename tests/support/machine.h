#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/process.h"

namespace eulerpublisher::test {

using Environment = std::map<std::string, std::optional<std::string>>;

// A machine with somebody at it who types commands: home, store, state and logins of its own, nothing of the
// real one's but PATH.
class Machine {
 public:
  Machine();

  // `eulerpublisher ARGUMENTS`, to its end.
  Ran run(const std::vector<std::string>& arguments, const Environment& more = {},
          const std::string& input = {}) const;
  // The same, to be started and ended by the test; both outputs go to log().
  Command command(const std::vector<std::string>& arguments, const Environment& more = {}) const;
  // Of every command here.
  Environment& environment() { return environment_; }

  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return folder_ / name; }
  std::filesystem::path store() const { return folder_ / "cache/eulerpublisher"; }
  std::filesystem::path state() const { return folder_ / "state/eulerpublisher"; }
  std::filesystem::path log() const { return folder_ / "log"; }

 private:
  TempFolder folder_{"ep-machine"};
  Environment environment_;
};

// The lines of standard error that begin with `error: `.
std::vector<std::string> error_lines(const Ran& ran);
// Both outputs and the status, for a test's message.
std::string told(const Ran& ran);

}  // namespace eulerpublisher::test
