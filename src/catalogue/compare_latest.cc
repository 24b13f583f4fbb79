#include <set>

#include "catalogue/comparing.h"
#include "catalogue/latest.h"

namespace eulerpublisher::catalogue {

void compare_latest(const Catalogue& catalogue, const Policy& policy, Findings& findings) {
  std::set<std::string> done;
  for (const Image& image : catalogue.images) {
    // An image whose meta.yml says nothing has been complained about already.
    if (image.entries.empty() || !done.insert(image.name).second) continue;
    Latest latest = choose_latest(catalogue, policy, image.name);
    std::string other =
        fmt::format("to decide yourself, give the policy `images: {{{}: {{latest: TAG}}}}`", image.name);
    Place place{image.meta()};
    for (const std::string& doubt : latest.doubts)
      findings.push_back(
          {Code::mixed_versions,
           place,
           fmt::format("{}; `latest` of {} is {}", doubt, image.name, catalogue.entry(*latest.winner).tag),
           other,
           {image.name}});
    if (latest.winner) continue;
    if (latest.by_policy)
      findings.push_back(
          {Code::wrong_latest, place, latest.because, "name a tag that can be published", {image.name}});
    else
      findings.push_back({Code::no_latest,
                          place,
                          fmt::format("{}: `latest` is not moved", latest.because),
                          {},
                          {image.name}});
  }
}

}  // namespace eulerpublisher::catalogue
