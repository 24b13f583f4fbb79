#include "registry/profile.h"

#include <algorithm>
#include <cctype>

namespace eulerpublisher {
namespace {

constexpr uint64_t mebibyte = 1 << 20;
constexpr uint64_t gigabyte = 1'000'000'000;

// The letters and numbers are those of the habits in tests/support/faulty_registry.h, which plays each of them.
std::vector<Profile> make_profiles() {
  return {
      // Q7: many small pieces end in 504, and manifest GETs are counted.
      {.name = "Docker Hub",
       .hosts = {"docker.io", "index.docker.io", "registry-1.docker.io"},
       .streaming = false,
       .smallest_piece = 16 * mebibyte,
       .largest_piece = 256 * mebibyte,
       .at_once = 4,
       .per_second = 10},
      // Q6: one PUT is limited, and the first push to a new repository may be refused once.
      {.name = "Quay",
       .hosts = {"quay.io"},
       .largest_whole = 20 * gigabyte,
       .first_denials = 1,
       .at_once = 6},
      {.name = "Harbor", .hosts = {"hub.oepkgs.net"}, .at_once = 6},
      // Q2: a PATCH over 4 MiB is 416.
      {.name = "GHCR",
       .hosts = {"ghcr.io"},
       .streaming = false,
       .smallest_piece = mebibyte,
       .largest_piece = 4 * mebibyte},
      // Q1: no part but the last below 5 MiB, Range stays at the first, no empty closing PUT.
      {.name = "ECR",
       .hosts = {"*.amazonaws.com", "*.amazonaws.com.cn", "public.ecr.aws"},
       .way = Profile::Way::pieces,
       .streaming = false,
       .smallest_piece = 5 * mebibyte,
       .largest_piece = 20 * mebibyte,
       .range = Profile::RangeMeaning::meaningless,
       .empty_closing_put = false},
      // Q3: no chunked upload at all.
      {.name = "Google Artifact Registry",
       .hosts = {"*.pkg.dev", "gcr.io", "*.gcr.io"},
       .streaming = false,
       .pieces = false},
      // Q4: `Content-Range: a-b`, and a cut upload cannot be resumed.
      {.name = "ACR", .hosts = {"*.azurecr.io", "*.azurecr.cn"}},
      // Q5: Range counts within the piece.
      {.name = "Aliyun", .hosts = {"*.aliyuncs.com"}, .range = Profile::RangeMeaning::within_piece},
      {.name = "docker-registry"},
  };
}

}  // namespace

const std::vector<Profile>& built_in_profiles() {
  static const std::vector<Profile> profiles = make_profiles();
  return profiles;
}

bool host_matches(const std::string& pattern, const RegistryHost& host) {
  auto matches = [&](std::string name) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (pattern.starts_with("*."))
      return name.ends_with(pattern.substr(1)) && name.size() > pattern.size() - 1;
    return name == pattern;
  };
  return matches(host.text()) || matches(host.host());
}

const Profile& profile_for(const RegistryHost& host, const std::vector<Profile>& profiles) {
  auto found = std::ranges::find_if(profiles, [&](const Profile& profile) {
    return std::ranges::any_of(profile.hosts,
                               [&](const std::string& pattern) { return host_matches(pattern, host); });
  });
  return found == profiles.end() ? profiles.back() : *found;
}

RegistryHost api_host(const RegistryHost& host) {
  if (host.text() == "docker.io" || host.text() == "index.docker.io")
    return *RegistryHost::parse("registry-1.docker.io");
  return host;
}

}  // namespace eulerpublisher
