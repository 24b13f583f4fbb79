// A registry that takes as little of the machine as one can: it hashes what comes, as every registry has to,
// and keeps manifests, configurations and the sizes of layers.  What publishing costs by itself is measured
// with it, for docker-registry beside us takes of the same cores what it would take of a machine of its own.
//
//   light_registry FILE      its port is written to FILE; it runs until it is ended

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <memory>

#include "base/guarded.h"
#include "stream/hashing.h"
#include "support/http_server.h"

namespace eulerpublisher {
namespace {

using test::ServerAnswer;
using test::ServerRequest;

// Bytes that came: counted and hashed, and kept while they are few.
class Intake {
 public:
  void take(ServerRequest& request) {
    std::vector<std::byte> piece(256 << 10);
    while (size_t count = request.read(piece)) {
      hash_.update(std::span(piece).first(count));
      if (size_ < kept) bytes_.append(reinterpret_cast<const char*>(piece.data()), count);
      size_ += count;
    }
  }
  Digest digest() { return hash_.digest(); }
  uint64_t size() const { return size_; }
  // All of them, when there are no more than these.
  const std::string* bytes() const { return size_ <= kept ? &bytes_ : nullptr; }

 private:
  static constexpr size_t kept = 64 << 10;
  Sha256 hash_;
  std::string bytes_;
  uint64_t size_ = 0;
};

struct Manifest {
  std::string type, digest, bytes;
};

class LightRegistry {
 public:
  ServerAnswer answer(ServerRequest& request) {
    auto last = [&](const std::string& kind) -> std::optional<std::string> {
      size_t at = request.path.find(kind);
      return at == std::string::npos ? std::nullopt : std::optional(request.path.substr(at + kind.size()));
    };
    if (request.path == "/v2/") return {200};
    if (auto id = last("/blobs/uploads/")) return upload(request, *id);
    if (auto digest = last("/blobs/")) return blob(request, *digest);
    if (auto reference = last("/manifests/")) return manifest(request, *reference);
    return {404};
  }

 private:
  ServerAnswer upload(ServerRequest& request, const std::string& id) {
    std::string open = request.method == "POST" ? std::to_string(++begun_) : id;
    auto intake = request.method == "POST" ? std::make_shared<Intake>() : found(open);
    if (!intake) return {404};
    intake->take(request);
    if (request.cut()) return {500};
    if (request.method == "PUT") return close(request, open, *intake);
    inside_.lock()->open[open] = intake;
    std::string path = request.path.substr(0, request.path.rfind('/') + 1);
    return {202,
            {{"Location", path + open},
             {"Range", fmt::format("0-{}", std::max<uint64_t>(intake->size(), 1) - 1)}}};
  }
  std::shared_ptr<Intake> found(const std::string& id) {
    auto inside = inside_.lock();
    auto at = inside->open.find(id);
    return at == inside->open.end() ? nullptr : at->second;
  }
  ServerAnswer close(const ServerRequest& request, const std::string& id, Intake& intake) {
    std::string digest = intake.digest().text();
    auto inside = inside_.lock();
    if (request.parameter("digest") != digest) return {400, {}, "DIGEST_INVALID"};
    inside->blobs[digest] = inside->open[id];
    inside->open.erase(id);
    return {201, {{"Docker-Content-Digest", digest}}};
  }
  ServerAnswer blob(const ServerRequest& request, const std::string& digest) {
    auto inside = inside_.lock();
    auto at = inside->blobs.find(digest);
    if (at == inside->blobs.end()) return {404};
    if (request.method == "HEAD") return {200, {{"Content-Length", std::to_string(at->second->size())}}};
    return at->second->bytes() ? ServerAnswer{200, {}, *at->second->bytes()}
                               : ServerAnswer{500, {}, "not kept"};
  }
  ServerAnswer manifest(ServerRequest& request, const std::string& reference) {
    if (request.method == "PUT") {
      std::string bytes = request.read_body();
      Manifest put{request.headers.get("Content-Type").value_or(""), digest_of(bytes).text(), bytes};
      auto inside = inside_.lock();
      inside->manifests[put.digest] = inside->manifests[reference] = put;
      return {201, {{"Docker-Content-Digest", put.digest}}};
    }
    auto inside = inside_.lock();
    auto at = inside->manifests.find(reference);
    if (at == inside->manifests.end()) return {404};
    return {200,
            {{"Content-Type", at->second.type}, {"Docker-Content-Digest", at->second.digest}},
            at->second.bytes};
  }

  struct Inside {
    std::map<std::string, std::shared_ptr<Intake>> open, blobs;
    std::map<std::string, Manifest> manifests;  // by digest and by tag
  };
  std::atomic<int> begun_ = 0;
  Guarded<Inside> inside_;
};

}  // namespace
}  // namespace eulerpublisher

int main(int argc, char** argv) {
  using namespace eulerpublisher;
  if (argc != 2) {
    fmt::print(stderr, "usage: light_registry FILE_FOR_ITS_PORT\n");
    return 2;
  }
  LightRegistry registry;
  test::HttpServer server([&](ServerRequest& request) { return registry.answer(request); });
  std::ofstream(std::string(argv[1])) << server.port() << '\n';
  while (true) pause();
}
