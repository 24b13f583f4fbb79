#include "support/release_site.h"

#include <sstream>

namespace eulerpublisher::test {

namespace fs = std::filesystem;

Platform platform_of(const std::string& architecture) { return Platform::parse(architecture).value(); }

size_t count_lines(const std::string& text, const std::string& part) {
  size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) count += line.find(part) != line.npos ? 1 : 0;
  return count;
}

fs::path ReleaseSite::archive(const std::string& architecture, const std::string& version,
                              const std::string& index) const {
  std::string machine = platform_of(architecture).machine();
  return tree_ / ("openEuler-" + version) / index / machine / ("openEuler-docker." + machine + ".tar.xz");
}

fs::path ReleaseSite::checksum(const std::string& architecture) const {
  return archive(architecture).string() + ".sha256sum";
}

void ReleaseSite::put(const std::string& architecture, const std::string& bytes, const std::string& version,
                      const std::string& index) {
  fs::path file = archive(architecture, version, index);
  fs::create_directories(file.parent_path());
  write_text(file, bytes);
  write_text(file.string() + ".sha256sum", checksum_line(bytes, file.filename().string()));
}

void ReleaseSite::put_true(const std::string& architecture, const std::string& version,
                           const std::string& index, const std::string& created) {
  ArchiveRecipe recipe = small_archive(platform_of(architecture), version);
  recipe.created = created;
  recipe.layers[0].push_back({.path = "./etc/made", .content = created});
  put(architecture, make_archive(recipe), version, index);
}

void ReleaseSite::put_both(const std::string& version, const std::string& index, const std::string& created) {
  for (const char* architecture : {"amd64", "arm64"}) put_true(architecture, version, index, created);
}

void ReleaseSite::point_current_at(const std::string& date, const std::string& version) {
  fs::path current = tree_ / ("openEuler-" + version) / "docker_img/update/current";
  fs::remove(current);
  fs::create_directory_symlink(date, current);
}

Done ReleaseSite::serve(const std::string& more, NginxServer::Options::Listing listing) {
  server_ = TRY(NginxServer::start(tree_.path(), {.listing = listing, .more = more}));
  return {};
}

size_t ReleaseSite::archives_asked() const { return asked(".tar.xz HTTP") - count_lines(log(), "HEAD /"); }

size_t ReleaseSite::asked(const std::string& part) const { return count_lines(log(), part); }

}  // namespace eulerpublisher::test
