#include "sync/state.h"

#include <gtest/gtest.h>

#include "support/process.h"

namespace eulerpublisher::sync {
namespace {

State some_state() {
  State state;
  Instant now = std::chrono::system_clock::from_time_t(1'717'236'000);
  state.documents["https://repo.example/"] = {"\"1\"", "Sat, 01 Jun 2024 10:00:00 GMT", "<pre>",
                                              "https://repo.example/"};
  state.indexes.emplace(digest_of("{}"), "{}");
  Offer offer;
  offer.updates = {*ReleaseIndex::parse("docker_img/update/2024-06-01")};
  offer.newest = Offered{
      offer.updates[0],
      {{{*Platform::parse("amd64"), "https://repo.example/a", digest_of("a"), "https://repo.example"}},
       {*Platform::parse("loong64")}}};
  state.published.emplace(*Version::parse("24.03-LTS"), offer);
  state.attempts["24.03-LTS"] = {"A", "1000 bytes", 3, now, now, "403", true, true};
  state.not_yet_since["24.03-LTS docker_img"] = now;
  state.totals.rounds = 7;
  state.totals.release_seconds = 1.5;
  state.totals.last_success = now;
  state.totals.releases[{"24.03-LTS", "published"}] = 2;
  state.totals.findings["warning"] = 1;
  state.totals.hosts["repo.example"] = {10, 20, 30};
  return state;
}

TEST(SyncState, IsReadAsItWasWritten) {
  test::TempFolder folder;
  auto file = folder / "sync/state.json";
  ASSERT_TRUE(write_state(file, some_state()).has_value());
  auto read = read_state(file);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->print(), some_state().print());
  EXPECT_EQ(read->totals, some_state().totals);
  EXPECT_EQ(read->attempts, some_state().attempts);
  EXPECT_EQ(read->published.size(), 1u);
}

TEST(SyncState, WithoutAFileNothingIsKnown) {
  EXPECT_EQ(read_state("/nowhere/state.json")->print(), State{}.print());
}

TEST(SyncState, WhatCannotBeReadIsLeftOut) {
  for (const char* bytes : {"", "[]", "{\"documents\": 1, \"totals\": []}",
                            "{\"published\": {\"24.03-LTS\": {\"index\": \"docker_img\"}, \"x\": 1}, "
                            "\"attempts\": {\"a\": 1}, \"indexes\": {\"b\": 2, \"sha256:x\": \"\"}, "
                            "\"documents\": {\"c\": []}}"})
    EXPECT_EQ(State::parse(bytes).print(), State{}.print()) << bytes;
  State odd = State::parse("{\"attempts\": {\"a\": {\"failures\": -1, \"error\": 5}}}");
  EXPECT_EQ(odd.attempts.at("a"), Attempt{});
}

TEST(SyncState, BytesThatAreNoTextDoNoHarm) {
  State state;
  state.documents["https://repo.example/"] = {"", "x", "\xff\xfe", ""};
  EXPECT_EQ(State::parse(state.print()).documents.size(), 1u);
}

}  // namespace
}  // namespace eulerpublisher::sync
