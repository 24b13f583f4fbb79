#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/machine.h"
#include "support/registry_view.h"
#include "support/release_site.h"

namespace eulerpublisher::test {

// `container sync` as a service between a release repository behind a real nginx and two real registries, and
// whatever happens to any of them.
class SyncWorld : public testing::Test {
 protected:
  void SetUp() override;

  // An update of a version: whole, with `current`; another `number` is another root file system.
  void release(const std::string& version, int number);
  // The service, looking so often.
  Process start(const std::string& every = "200ms", const std::vector<std::string>& more = {});
  // `container sync --once`.
  Ran once(const std::vector<std::string>& more = {}) const;

  // What does not hold: each registry has, for every version, a whole image of the newest archives, and the
  // journal has no release without its end.
  std::vector<std::string> differences() const;
  // The same, once it has become empty or a minute has passed.
  std::vector<std::string> differences_at_last() const;
  // What a tag names that is not whole.
  std::vector<std::string> half_visible() const;
  size_t unfinished() const;
  static bool comes(const std::function<bool()>& about,
                    std::chrono::seconds patience = std::chrono::seconds(60));
  std::string log() const { return read_text(machine.log()); }
  size_t registry_count() const { return registries.size(); }

  Machine machine;
  ReleaseSite site;
  std::vector<std::unique_ptr<RegistryServer>> registries;
  std::map<std::string, std::string> newest;  // the index by version

 private:
  std::vector<std::string> words(const std::vector<std::string>& more) const;
};

}  // namespace eulerpublisher::test
