// Every fault at every request: whatever goes wrong while an image is put and tagged, the tag names the old
// image or the whole new one.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "registry/children.h"
#include "support/wire.h"

namespace eulerpublisher::test {
namespace {

const std::string repository_name = "openeuler/openeuler";

struct NamedFault {
  std::string name;
  Fault fault;
};

ServerAnswer answer(int status, http::Headers headers = {}) {
  return {.status = status,
          .headers = std::move(headers),
          .body = "something went wrong\n",
          .unread = ServerAnswer::Unread::close};
}

std::vector<NamedFault> all_faults() {
  auto wrong = [](const std::string& header, const std::string& value) {
    return [=](const ServerRequest&, ServerAnswer& answer) { answer.headers.set(header, value); };
  };
  return {
      {"cut before the body", {.cut_request_after = 0}},
      {"cut in the body", {.cut_request_after = 5000}},
      {"stall in the body", {.stall_request_after = 5000}},
      {"slow", {.bytes_per_second = 400'000}},
      {"429", {.instead = answer(429, {{"Retry-After", "3"}})}},
      {"500", {.instead = answer(500)}},
      {"503", {.instead = answer(503)}},
      {"401", {.instead = answer(401)}},
      {"404", {.instead = answer(404)}},
      {"cut answer", {.cut_answer_after = 0}},
      {"answer shorter than it says", {.length_off_by = 10}},
      {"stall in the answer", {.stall_answer_after = 0}},
      {"wrong digest", {.distort = wrong("Docker-Content-Digest", digest_of("wrong").text())}},
      {"wrong Range", {.distort = wrong("Range", "0-12345678")}},
      {"wrong Location", {.distort = wrong("Location", "/v2/nowhere")}},
      {"lost answer", {.lose_answer = true}},
      {"connection refused from then on", {.shut_door = true}},
  };
}

// Whether all that a manifest refers to is there, whole.
bool is_whole(FaultyRegistry& far, const std::string& reference) {
  auto bytes = far.manifest(repository_name, reference);
  if (!bytes) return false;
  auto children = children_of({media_type_in(*bytes), *bytes});
  if (!children) return false;
  for (const Descriptor& child : *children) {
    auto blob = far.blob(repository_name, child.digest);
    bool there = blob ? digest_of(*blob) == child.digest : is_whole(far, child.digest.text());
    if (!there) return false;
  }
  return true;
}

struct Count {
  int cases = 0, right = 0, failed_clean = 0, wrong = 0;
};

using Publish = std::function<Done(OurSide&, const SampleImage&)>;

Done publish_whole(OurSide& ours, const SampleImage& image) {
  return put_all(*ours.repository, {image}, tag("latest"));
}

Done publish_growing(OurSide& ours, const SampleImage& image) {
  TRY(ours.send_growing(image.layer->bytes()));
  return publish_whole(ours, image);
}

// The requests of an undisturbed run come first, to know how many there are.
void try_all(const Publish& publish, const std::optional<Profile>& profile, Count& count) {
  SampleImage old(1), fresh(2, "amd64", 300'000);
  size_t requests = 1;
  for (const NamedFault& named : all_faults()) {
    for (size_t at = 0; at < requests; ++at) {
      Wire wire({.children_unchecked = true}, profile);
      Done prepared = put_all(*wire.repository, {old}, tag("latest"));
      ASSERT_TRUE(prepared.has_value()) << prepared.error().text();
      if (requests == 1) {
        Wire undisturbed({.children_unchecked = true}, profile);
        Done done = publish(undisturbed.ours, fresh);
        ASSERT_TRUE(done.has_value()) << done.error().text();
        requests = undisturbed.far.server().seen().size();
      }
      Fault fault = named.fault;
      fault.spare = at;
      wire.far.server().add_fault(std::move(fault));
      Done done = publish(wire.ours, fresh);
      auto named_now = wire.far.tag(repository_name, "latest");
      bool is_new = named_now == index_of({fresh}).digest(), is_old = named_now == index_of({old}).digest();
      bool whole = is_whole(wire.far, "latest");
      ++count.cases;
      // An answer that was lost may leave a failed run with the new tag, and it is whole then.
      bool good = whole && (done ? is_new : is_old || is_new);
      if (!good) {
        ++count.wrong;
        ADD_FAILURE() << named.name << " at request " << at + 1 << ": "
                      << (done ? "done" : done.error().text());
      } else {
        ++(done ? count.right : count.failed_clean);
      }
    }
  }
}

TEST(FaultMatrix, WhateverGoesWrongTheTagNamesAWholeImage) {
  Profile pieces;
  pieces.way = Profile::Way::pieces;
  pieces.smallest_piece = 50'000;
  pieces.largest_piece = 100'000;
  Count count;
  try_all(publish_whole, {}, count);
  try_all(publish_whole, pieces, count);
  try_all(publish_growing, {}, count);
  RecordProperty("cases", count.cases);
  printf("cases %d, ended right %d, failed clean %d, wrong %d\n", count.cases, count.right,
         count.failed_clean, count.wrong);
  EXPECT_EQ(count.wrong, 0);
  EXPECT_GT(count.right, count.cases / 2);
}

}  // namespace
}  // namespace eulerpublisher::test
