#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/machine.h"
#include "support/registry_view.h"
#include "support/release_site.h"

namespace eulerpublisher::test {

inline const std::vector<std::string> tag_names = {"24.03-lts-sp1", "24.03", "latest"};

// The real program and real registries: a release as scripts/make-release.sh makes it, an older one of the
// same version, and a policy by which it earns three tags.
class RealPublish : public testing::Test {
 protected:
  void SetUp() override;

  RegistryServer& start_registry(RegistryServer::Options options = {});
  RegistryServer& registry(size_t number) { return *registries_[number]; }
  std::filesystem::path older() const { return folder_ / "older"; }
  std::filesystem::path newer() const { return folder_ / "newer"; }
  const TempFolder& folder() const { return folder_; }

  // `container publish` from that source to all registries of the test, and whatever is added.
  std::vector<std::string> publish(const std::filesystem::path& source, const std::string& repository,
                                   const std::vector<std::string>& more = {}) const;
  // `container COMMAND -v … --policy …` to one registry.
  std::vector<std::string> words(const std::string& command, const std::string& registry,
                                 const std::vector<std::string>& more = {}) const;

 private:
  TempFolder folder_{"ep-real"};
  std::vector<std::unique_ptr<RegistryServer>> registries_;
};

// How many moments, and whether all that a script wants: EP_FAULTS=all.
bool every_case();
// What the newest line of the receipt says: digest of a run with --json.
Digest digest_told(const Ran& ran);

}  // namespace eulerpublisher::test
