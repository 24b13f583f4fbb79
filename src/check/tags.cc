#include "check/checks.h"

namespace eulerpublisher {
namespace {

class TagsCheck : public Check {
 public:
  std::string name() const override { return "tags"; }
  std::string reason() const override {
    return "people pull by tag: each one the version earns must name this image";
  }
  std::optional<std::string> needless(const Expectation& expected) const override {
    if (expected.tags.empty()) return "no tags are expected to name it yet";
    return std::nullopt;
  }
  Result<std::vector<Finding>> look(RepositoryReader& reader, const CheckedImage& image,
                                    const Expectation& expected, std::stop_token stop) override {
    std::vector<Finding> findings;
    for (const Tag& tag : expected.tags) {
      auto found = TRY(reader.find(tag, stop));
      if (!found) {
        findings.push_back({tag.text(), "does not exist"});
      } else if (found->digest != image.top.digest) {
        findings.push_back(
            {tag.text(), fmt::format("names {}, not {}", found->digest.text(), image.top.digest.text())});
      }
    }
    return findings;
  }
};

}  // namespace

std::unique_ptr<Check> tags_check() { return std::make_unique<TagsCheck>(); }

}  // namespace eulerpublisher
