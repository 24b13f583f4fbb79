#include "check/checks.h"

namespace eulerpublisher {
namespace {

class BlobsCheck : public Check {
 public:
  std::string name() const override { return "blobs"; }
  std::string reason() const override { return "an image whose layer is missing or cut cannot be pulled"; }
  Result<std::vector<Finding>> look(RepositoryReader& reader, const CheckedImage& image, const Expectation&,
                                    std::stop_token stop) override {
    std::vector<Finding> findings;
    for (const CheckedPlatform& platform : image.platforms) {
      std::vector<Descriptor> blobs = platform.content->layers;
      blobs.push_back(platform.content->config);
      for (const Descriptor& blob : blobs) {
        auto size = TRY(reader.has_blob(blob.digest, stop));
        if (!size) {
          findings.push_back({platform.platform.text(), fmt::format("{} is missing", blob.digest.text())});
        } else if (*size != blob.size) {
          findings.push_back({platform.platform.text(), fmt::format("{} has {} bytes, its manifest says {}",
                                                                    blob.digest.text(), *size, blob.size)});
        }
      }
    }
    return findings;
  }
};

}  // namespace

std::unique_ptr<Check> blobs_check() { return std::make_unique<BlobsCheck>(); }

}  // namespace eulerpublisher
