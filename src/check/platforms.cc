#include <set>

#include "check/checks.h"

namespace eulerpublisher {
namespace {

class PlatformsCheck : public Check {
 public:
  std::string name() const override { return "platforms"; }
  std::string reason() const override {
    return "an index that lost an architecture is an outage on every machine of that kind";
  }
  Result<std::vector<Finding>> look(RepositoryReader&, const CheckedImage& image, const Expectation& expected,
                                    std::stop_token) override {
    std::vector<Finding> findings;
    std::set<Platform> there;
    for (const CheckedPlatform& one : image.platforms)
      if (!there.insert(one.platform).second)
        findings.push_back({one.platform.text(), "stands twice in the index"});
    for (const Platform& required : expected.required) {
      bool found = false;
      for (const Platform& one : there) found = found || same_machine(one, required);
      if (!found) findings.push_back({required.text(), "is missing"});
    }
    return findings;
  }
};

}  // namespace

std::unique_ptr<Check> platforms_check() { return std::make_unique<PlatformsCheck>(); }

}  // namespace eulerpublisher
