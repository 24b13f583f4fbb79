#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/archive_maker.h"
#include "support/nginx_server.h"
#include "support/process.h"

namespace eulerpublisher::test {

inline const std::string sp1 = "24.03-LTS-SP1";

// A release repository of a test's own: a folder, and a real nginx in front of it once it is served.
class ReleaseSite {
 public:
  // An archive and what sha256sum says of it.  `architecture` is ours: amd64.
  void put(const std::string& architecture, const std::string& archive, const std::string& version = sp1,
           const std::string& index = "docker_img");
  // A true one, small; another `created` is another root file system too.
  void put_true(const std::string& architecture, const std::string& version = sp1,
                const std::string& index = "docker_img", const std::string& created = "2024-06-01T10:00:00Z");
  void put_both(const std::string& version = sp1, const std::string& index = "docker_img",
                const std::string& created = "2024-06-01T10:00:00Z");
  // update/current becomes a link to update/DATE.
  void point_current_at(const std::string& date, const std::string& version = sp1);

  // Where an archive lies, or would.
  std::filesystem::path archive(const std::string& architecture, const std::string& version = sp1,
                                const std::string& index = "docker_img") const;
  std::filesystem::path checksum(const std::string& architecture) const;

  // `more` are lines for nginx's server block.  `not_found` when there is no nginx here: skip.
  Done serve(const std::string& more = {},
             NginxServer::Options::Listing listing = NginxServer::Options::Listing::autoindex);
  NginxServer& server() { return *server_; }
  std::string url() const { return server_->url(); }
  const std::filesystem::path& folder() const { return tree_.path(); }
  std::string log() const { return server_->log(); }
  // How often archives were fetched; checksum files and questions for sizes (HEAD) do not count.
  size_t archives_asked() const;
  // How often something was asked for whose request line contains `part`.
  size_t asked(const std::string& part) const;

 private:
  TempFolder tree_{"ep-site"};
  std::unique_ptr<NginxServer> server_;
};

Platform platform_of(const std::string& architecture);
// How many lines of a text contain `part`.
size_t count_lines(const std::string& text, const std::string& part);

}  // namespace eulerpublisher::test
