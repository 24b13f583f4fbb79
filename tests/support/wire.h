#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "base/sanitizers.h"
#include "http/authenticating.h"
#include "http/curl_client.h"
#include "http/retrying.h"
#include "registry/remote_repository.h"
#include "stream/spool.h"
#include "support/faulty_registry.h"
#include "support/http_fakes.h"
#include "support/process.h"
#include "support/sample_image.h"

namespace eulerpublisher::test {

// A blob that tells whether anybody reads it yet.
class AwaitedBlob : public Blob {
 public:
  explicit AwaitedBlob(const Blob& inner) : inner_(inner) {}
  std::optional<Descriptor> descriptor() const override { return inner_.descriptor(); }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
    opened_ = true;
    opened_.notify_all();
    return inner_.open(offset, std::move(stop));
  }
  void wait() const { opened_.wait(false); }
  void give_up() const {
    opened_ = true;
    opened_.notify_all();
  }

 private:
  const Blob& inner_;
  mutable std::atomic<bool> opened_ = false;
};

// Our side of the wire as the program puts it together, but for its clock and its patience.
struct OurSide {
  OurSide(RegistryHost host, std::optional<Profile> profile = {}, http::ClientOptions http = {},
          std::optional<bool> plain_http = {}, Clock* real_clock = nullptr)
      : curl([&] {
          http.stall_patience = std::chrono::milliseconds(sanitized ? 4000 : 1000);
          return http;
        }()),
        retrying(curl, real_clock ? *real_clock : clock, chance) {
    RegistryOptions options;
    options.clock = real_clock ? real_clock : &clock;
    options.random = &chance;
    options.profile = std::move(profile);
    options.plain_http = plain_http;
    registry = std::make_shared<Registry>(client, std::move(host), options);
    repository = open("openeuler/openeuler");
  }
  std::unique_ptr<RemoteRepository> open(const std::string& name) {
    return std::make_unique<RemoteRepository>(registry, *RepositoryName::parse(name));
  }
  // Puts these bytes.
  Result<Repository::Put> send(const std::string& bytes) {
    return repository->put_blob(MemoryBlob("application/octet-stream", bytes), {});
  }
  // Puts them while they grow: the end comes after the upload has begun.
  Result<Repository::Put> send_growing(const std::string& bytes) {
    TempFolder folder;
    Spool spool(FileHandle(::open((folder / "spool").c_str(), O_RDWR | O_CREAT, 0600)));
    std::optional<Result<Repository::Put>> ended;
    AwaitedBlob awaited(spool);
    std::thread putting([&] {
      ended = repository->put_blob(awaited, {});
      awaited.give_up();
    });
    for (size_t offset = 0; offset < bytes.size(); offset += 256 << 10) {
      EXPECT_TRUE(spool.write(as_bytes(std::string_view(bytes).substr(offset, 256 << 10))).has_value());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    awaited.wait();
    spool.seal({"application/octet-stream", digest_of(bytes), bytes.size(), {}, {}});
    putting.join();
    return *ended;
  }

  FakeClock clock;
  FakeRandom chance;
  http::CurlClient curl;
  http::Retrying retrying;
  http::StaticCredentials credentials;
  http::Authenticating client{retrying, credentials, clock};
  std::shared_ptr<Registry> registry;
  std::unique_ptr<RemoteRepository> repository;
};

// A registry with habits at its other end.
struct Wire {
  explicit Wire(Habits habits = {}, std::optional<Profile> profile = {}, const std::string& profile_of = {})
      : far(std::move(habits)),
        ours(far.host(),
             profile_of.empty() ? std::move(profile) : profile_for(*RegistryHost::parse(profile_of))) {}

  // Sends, and sees that the bytes arrived as they are.
  Result<Repository::Put> put(const std::string& bytes) { return arrived(ours.send(bytes), bytes); }
  Result<Repository::Put> put_growing(const std::string& bytes) {
    return arrived(ours.send_growing(bytes), bytes);
  }
  size_t count(const std::string& method, const std::string& part = "") {
    return far.server().count(method, part);
  }

  FaultyRegistry far;
  OurSide ours;
  RemoteRepository* repository = ours.repository.get();
  Registry* registry = ours.registry.get();

 private:
  Result<Repository::Put> arrived(Result<Repository::Put> put, const std::string& bytes) {
    if (put) {
      EXPECT_EQ(far.blob("openeuler/openeuler", digest_of(bytes)), bytes);
    }
    return put;
  }
};

#define EXPECT_SENT(expression)                                \
  do {                                                         \
    auto sent = (expression);                                  \
    ASSERT_TRUE(sent.has_value()) << sent.error().text();      \
    EXPECT_EQ(*sent, ::eulerpublisher::Repository::Put::sent); \
  } while (false)

#define EXPECT_DONE(expression)                           \
  do {                                                    \
    auto done = (expression);                             \
    ASSERT_TRUE(done.has_value()) << done.error().text(); \
  } while (false)

}  // namespace eulerpublisher::test
