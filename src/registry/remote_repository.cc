#include "registry/remote_repository.h"

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "oci/media_type.h"
#include "registry/children.h"
#include "registry/refusal.h"
#include "registry/remote_blob.h"
#include "registry/tag_pages.h"
#include "registry/upload.h"
#include "registry/upload_session.h"

namespace eulerpublisher {
namespace {

// Registries take no larger ones.
constexpr uint64_t manifest_limit = 4 << 20;
constexpr int repetitions_for_children = 5;

// Without its parameters, in lower case.
std::string media_type_of(const http::Response& response) {
  std::string type = response.headers.get("Content-Type").value_or("");
  type = type.substr(0, type.find_first_of("; \t"));
  std::ranges::transform(type, type.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<uint64_t> length_of(const http::Response& response) {
  return number(response.headers.get("Content-Length").value_or(""));
}

bool is_known(std::string_view type) { return media_type::is_manifest(type) || media_type::is_index(type); }

// A manifest whose header and content disagree about what it is must not be used (CVE-2021-41190).
Result<RawManifest> manifest_in(http::Response response, const std::string& where) {
  std::string told = media_type_of(response), claimed = media_type_in(response.body);
  if (!is_known(told) && !claimed.empty()) told = claimed;
  if (is_known(claimed) && claimed != told)
    return corrupt("{}: the registry calls it {}, and it calls itself {}", where, told, claimed);
  if (told.empty()) return corrupt("{}: what came is no manifest", where);
  return RawManifest{std::move(told), std::move(response.body)};
}

// `sha256` digests only: that is what we make, and what registries give out.
Done verify(const RawManifest& manifest, const Digest& digest, const std::string& where) {
  if (digest.algorithm() != "sha256")
    return unsupported("{}: {} is not a sha256 digest, and we know no other", where, digest.brief());
  if (manifest.digest() != digest)
    return corrupt("{}: what came for {} is {} instead; do not trust this registry or what is in between",
                   where, digest.text(), manifest.digest().text());
  return {};
}

}  // namespace

RemoteRepository::RemoteRepository(std::shared_ptr<Registry> registry, RepositoryName name)
    : registry_(std::move(registry)),
      repository_(std::move(name)),
      name_(registry_->host().text() + "/" + repository_.text()) {}

http::Request RemoteRepository::request(std::string method, const std::string& path, std::string purpose,
                                        bool push) const {
  http::Request request;
  request.method = std::move(method);
  request.url = registry_->url(repository_.text() + path).text();
  request.purpose = std::move(purpose);
  request.scopes = {"repository:" + repository_.text() + (push ? ":pull,push" : ":pull")};
  return request;
}

Result<http::Response> RemoteRepository::ask(const http::Request& request, std::stop_token stop,
                                             const std::string& doing) {
  return registry_->send(request, stop).within("{}: {}", name_, doing);
}

Error RemoteRepository::refused(const http::Response& response, const std::string& doing) const {
  return refusal(response, name_, doing);
}

Result<http::Response> RemoteRepository::ask_manifest(const std::string& method, const std::string& reference,
                                                      std::stop_token stop) {
  http::Request get = request(method, "/manifests/" + reference, "reading a manifest");
  get.headers.set("Accept", fmt::format("{}, {}, {}, {}", media_type::index, media_type::docker_list,
                                        media_type::manifest, media_type::docker_manifest));
  get.answer_limit = manifest_limit;
  get.redirects = 5;
  return ask(get, stop, "reading " + reference);
}

Result<std::optional<Descriptor>> RemoteRepository::find(const Tag& tag, std::stop_token stop) {
  std::string doing = "looking for tag " + tag.text();
  http::Response head = TRY(ask_manifest("HEAD", tag.text(), stop));
  if (head.status == 404) return std::nullopt;
  if (!head.ok() && head.status != 405) return refused(head, doing);
  auto digest = Digest::parse(head.headers.get("Docker-Content-Digest").value_or(""));
  auto size = length_of(head);
  std::string type = media_type_of(head);
  if (head.ok() && digest && size && *size > 0 && !type.empty())
    return Descriptor{type, *digest, *size, {}, {}};
  // An answer that does not tell everything: look at the manifest itself.
  http::Response get = TRY(ask_manifest("GET", tag.text(), stop));
  if (get.status == 404) return std::nullopt;
  if (!get.ok()) return refused(get, doing);
  RawManifest manifest = TRY(manifest_in(std::move(get), name_ + ":" + tag.text()));
  return manifest.descriptor();
}

Result<RawManifest> RemoteRepository::manifest(const Digest& digest, std::stop_token stop) {
  http::Response response = TRY(ask_manifest("GET", digest.text(), stop));
  if (!response.ok()) return refused(response, "reading manifest " + digest.brief());
  std::string where = name_ + "@" + digest.brief();
  RawManifest manifest{{}, std::move(response.body)};
  TRY(verify(manifest, digest, where));
  response.body = std::move(manifest.bytes);
  return manifest_in(std::move(response), where);
}

Result<std::optional<uint64_t>> RemoteRepository::has_blob(const Digest& digest, std::stop_token stop) {
  http::Request head = request("HEAD", "/blobs/" + digest.text(), "looking for a blob");
  head.redirects = 5;
  std::string doing = "looking for " + digest.brief();
  http::Response response = TRY(ask(head, stop, doing));
  if (response.status == 404) return std::nullopt;
  if (!response.ok()) return refused(response, doing);
  auto size = length_of(response);
  if (!size) size = TRY(measure_blob(digest, stop));
  registry_->note(repository_, digest);
  return size;
}

// For registries whose answer to HEAD does not say how long the blob is.
Result<uint64_t> RemoteRepository::measure_blob(const Digest& digest, std::stop_token stop) {
  http::Request get = request("GET", "/blobs/" + digest.text(), "measuring a blob");
  get.redirects = 5;
  get.headers.set("Range", "bytes=0-0");
  get.answer_limit = 1;
  std::optional<uint64_t> size;
  get.on_head = [&](const http::Response& answer) -> Done {
    auto range = answer.headers.get("Content-Range").value_or("");
    size_t slash = range.rfind('/');
    if (answer.status == 206 && slash != range.npos)
      size = number(std::string_view(range).substr(slash + 1));
    else if (answer.status == 200)
      size = length_of(answer);
    return {};
  };
  auto answer = registry_->send(get, stop);
  if (size) return *size;
  if (!answer) return std::move(answer).error();
  if (!answer->ok()) return refused(*answer, "measuring " + digest.brief());
  return unsupported("{}: the registry does not tell how long {} is", name_, digest.brief());
}

Result<std::unique_ptr<Source>> RemoteRepository::open_blob(const Descriptor& blob, uint64_t offset,
                                                            std::stop_token stop) {
  return open_remote_blob(registry_, repository_, blob, offset, std::move(stop));
}

Result<std::vector<Tag>> RemoteRepository::tags(std::stop_token stop) {
  TagPages pages(registry_->url(repository_.text() + "/tags/list").with_query("n", "1000"), name_);
  while (auto page = pages.next()) {
    http::Request get = request("GET", "/tags/list", "listing tags");
    get.url = page->text();
    http::Response response = TRY(ask(get, stop, "listing tags"));
    if (response.status == 404) break;
    if (!response.ok()) return refused(response, "listing tags");
    TRY(pages.add(response));
  }
  return pages.tags();
}

Result<Repository::Put> RemoteRepository::put_blob(const Blob& blob, std::stop_token stop) {
  return upload(*registry_, repository_, blob, std::move(stop));
}

Done RemoteRepository::put_manifest(const RawManifest& manifest, std::stop_token stop) {
  Digest digest = manifest.digest();
  http::Response there = TRY(ask_manifest("HEAD", digest.text(), stop));
  if (there.ok()) {
    registry_->note(repository_, digest);
    return {};
  }
  // 5xx: as after a crash of the registry that left half a note of it; putting it writes that again.
  if (there.status != 404 && there.status != 405 && there.status < 500)
    return refused(there, "looking for manifest " + digest.brief());
  return put(digest.text(), manifest, stop);
}

Done RemoteRepository::tag(const Tag& tag, const RawManifest& manifest, std::stop_token stop) {
  auto seen = TRY(find(tag, stop));
  if (seen && seen->digest == manifest.digest()) return {};
  return put(tag.text(), manifest, stop);
}

Done RemoteRepository::put(const std::string& reference, const RawManifest& manifest, std::stop_token stop) {
  bool by_digest = reference.find(':') != reference.npos;
  std::string doing =
      by_digest ? "putting manifest " + manifest.digest().brief() : "setting tag " + reference;
  MemoryBlob bytes(manifest.media_type, manifest.bytes);
  http::Request put = request("PUT", "/manifests/" + reference, "putting a manifest", true);
  put.headers.set("Content-Type", manifest.media_type);
  put.body = http::Body{&bytes, 0, manifest.bytes.size()};
  for (int attempt = 0;; ++attempt) {
    http::Response response = TRY(ask(put, stop, doing));
    if (response.ok()) {
      auto named = response.headers.get("Docker-Content-Digest");
      if (named && *named != manifest.digest().text())
        return corrupt("{}: {}: the registry says it holds {} instead of {}", name_, doing,
                       printable(*named, 80), manifest.digest().text());
      registry_->note(repository_, manifest.digest());
      return {};
    }
    // Some registries need a moment to see what they have just accepted.
    std::string code = complaint_in(response.body).code;
    bool misses_child = response.status == 404 || code == "MANIFEST_BLOB_UNKNOWN" || code == "BLOB_UNKNOWN" ||
                        code == "MANIFEST_UNKNOWN";
    if (!misses_child) return refused(response, doing);
    if (attempt == repetitions_for_children || !holds_children(manifest))
      return not_found("{}; put what it refers to first", refused(response, doing).cause());
    TRY(registry_->wait(attempt, &response, stop));
  }
}

// Whether all that a manifest refers to is known to be in this repository.
bool RemoteRepository::holds_children(const RawManifest& manifest) {
  auto children = children_of(manifest);
  return children && std::ranges::all_of(*children, [&](const Descriptor& child) {
           return registry_->noted(repository_, child.digest);
         });
}

Done RemoteRepository::may_push(std::stop_token stop) {
  UploadSession session(*registry_, repository_);
  int denials = registry_->profile().first_denials;
  for (int asked = 0; asked < 4; ++asked) {
    http::Response answer = TRY(session.start(stop).within("{}: asking whether we may push", name_));
    if (session.started()) {
      session.drop(stop);
      return {};
    }
    if (answer.status == 405)
      return denied("{}: the registry is read-only (405); push somewhere else", name_);
    bool again = answer.ok() || (answer.status == 401 && denials-- > 0);
    if (!again) return refused(answer, "asking whether we may push");
    TRY(registry_->wait(asked, &answer, stop));
  }
  return unavailable("{}: the registry does not begin an upload; try later", name_);
}

}  // namespace eulerpublisher
