// Registries as they are: a test for each habit that was measured (M1 to M9) or is known from the field (Q1
// to Q16), and for what networks do.  Each ends well.

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/wire.h"

namespace eulerpublisher::test {
namespace {

constexpr uint64_t mebibyte = 1 << 20;

Tag latest() { return tag("latest"); }

Profile in_pieces(uint64_t smallest, uint64_t largest) {
  Profile profile;
  profile.way = Profile::Way::pieces;
  profile.smallest_piece = smallest;
  profile.largest_piece = largest;
  return profile;
}

TEST(RegistryHabits, M1AConnectionCutInsideAPatchBeginsANewSession) {
  Wire wire;
  wire.far.server().add_fault({.when = on("PATCH"), .cut_request_after = 700'000});
  EXPECT_SENT(wire.put_growing(random_bytes(2 * mebibyte)));
  EXPECT_EQ(wire.far.sessions_begun(), 2);
}

TEST(RegistryHabits, M2EachLocationReplacesTheLast) {
  Wire wire({.old_location_refused = true}, in_pieces(mebibyte, mebibyte));
  EXPECT_SENT(wire.put(random_bytes(3 * mebibyte + 5)));
  EXPECT_EQ(wire.far.sessions_begun(), 1);
}

TEST(RegistryHabits, M3BytesThatWereAppendedTwiceAreSeenInRange) {
  Wire wire({.content_range_unchecked = true}, in_pieces(mebibyte, mebibyte));
  // A proxy that repeats a piece by itself: the registry then counts more than we have sent.
  wire.far.server().add_fault(
      {.when = on("PATCH"), .distort = [](const ServerRequest&, ServerAnswer& answer) {
         answer.headers.set("Range", "0-2097151");
       }});
  EXPECT_SENT(wire.put(random_bytes(3 * mebibyte)));
  EXPECT_EQ(wire.far.sessions_begun(), 2);
}

TEST(RegistryHabits, M4AFreshSessionThatSaysRange00IsEmpty) {
  Wire wire({.cut_ends_session = false, .fresh_range = true}, in_pieces(mebibyte, mebibyte));
  // Nothing of the first piece arrives, and the session lives on: it says 0-0, and the piece is sent again.
  wire.far.server().add_fault({.when = on("PATCH"), .cut_request_after = 0});
  EXPECT_SENT(wire.put(random_bytes(2 * mebibyte)));
  EXPECT_EQ(wire.far.sessions_begun(), 1);
}

TEST(RegistryHabits, M5AnUploadDoesNotRelyOnPostWithADigest) {
  Wire wire({.post_ignores_digest = true});
  EXPECT_SENT(wire.put(random_bytes(1000)));
  EXPECT_EQ(wire.count("PUT", "/blobs/uploads/"), 1u);
}

TEST(RegistryHabits, M6TheSessionOfARefusedMountIsUsed) {
  Wire wire({.mount_answer = 202});
  std::string bytes = random_bytes(1000);
  MemoryBlob blob("application/octet-stream", bytes);
  EXPECT_SENT(wire.ours.open("openeuler/sibling")->put_blob(blob, {}));
  EXPECT_SENT(wire.put(bytes));
  EXPECT_EQ(wire.count("POST", "mount="), 1u);
  EXPECT_EQ(wire.count("POST"), 2u) << "one for the sibling, and the mount";
}

TEST(RegistryHabits, M7AManifestIsAskedForWithAllFourMediaTypes) {
  Wire wire({.accept_needed = true});
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  auto found = wire.repository->find(latest(), {});
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->digest, index_of({image}).digest());
}

TEST(RegistryHabits, M7AMissingDockerContentDigestIsMadeUpForByHashing) {
  Wire wire;
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  wire.far.server().add_fault({.when = on("HEAD", "/manifests/latest"),
                               .times = 9,
                               .distort = [](const ServerRequest&, ServerAnswer& answer) {
                                 answer.headers.remove("Docker-Content-Digest");
                               }});
  auto found = wire.repository->find(latest(), {});
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->digest, index_of({image}).digest());
  EXPECT_EQ((*found)->size, index_of({image}).bytes.size());
}

TEST(RegistryHabits, M8ARegistryThatChecksNothingGetsChildrenFirst) {
  Wire wire({.children_unchecked = true});
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  EXPECT_TRUE(wire.far.blob("openeuler/openeuler", image.layer->descriptor()->digest).has_value());
  EXPECT_TRUE(wire.far.manifest("openeuler/openeuler", image.manifest.digest().text()).has_value());
}

TEST(RegistryHabits, M9AnIndexWhoseChildIsAbsentIsNotFoundWhateverTheBodySays) {
  for (bool plain : {false, true}) {
    Wire wire({.plain_text_errors = plain});
    Done put = wire.repository->put_manifest(index_of({SampleImage()}), {});
    ASSERT_FALSE(put.has_value());
    EXPECT_NE(put.error().text().find("MANIFEST_BLOB_UNKNOWN"), std::string::npos) << put.error().text();
    EXPECT_EQ(put.error().text().find('\n'), std::string::npos);
    EXPECT_EQ(wire.ours.clock.whole().count(), 0) << "what we did not put is not waited for";
  }
}

TEST(RegistryHabits, M9AManifestThatIsTooLargeIsOneClearError) {
  Wire wire({.children_unchecked = true, .largest_manifest = 100});
  Done put = wire.repository->put_manifest(index_of({SampleImage()}), {});
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().kind(), ErrorKind::unsupported) << put.error().text();
}

TEST(RegistryHabits, Q1EcrGetsPartsOf5MiBAndTheLastWithThePut) {
  Wire wire({.patch_answers_201 = true,
             .smallest_piece = 5 * mebibyte,
             .range_stays_at_first = true,
             .empty_closing_put_fails = true},
            {}, "123456789.dkr.ecr.eu-west-1.amazonaws.com");
  wire.registry->learn_pieces(5 * mebibyte);  // small ones, so that there are several
  EXPECT_SENT(wire.put(random_bytes(12 * mebibyte)));
  EXPECT_EQ(wire.count("PATCH"), 2u);
  EXPECT_SENT(wire.put_growing(random_bytes(11 * mebibyte, 2)));
  EXPECT_EQ(wire.far.sessions_begun(), 2);
}

TEST(RegistryHabits, Q1ARegistryLikeEcrThatNobodyToldUsOfIsFoundOut) {
  Wire wire({.patch_answers_201 = true, .range_stays_at_first = true, .empty_closing_put_fails = true});
  EXPECT_SENT(wire.put_growing(random_bytes(2 * mebibyte)));
  EXPECT_SENT(wire.put_growing(random_bytes(2 * mebibyte, 2)));
}

TEST(RegistryHabits, Q2GhcrGetsOnePutInsteadOfPieces) {
  for (const std::string& known : {std::string("ghcr.io"), std::string()}) {
    Wire wire({.largest_patch = 4 * mebibyte}, {}, known);
    EXPECT_SENT(wire.put(random_bytes(6 * mebibyte)));
    EXPECT_SENT(wire.put_growing(random_bytes(6 * mebibyte, 2)));
    size_t before = wire.count("PATCH");
    EXPECT_SENT(wire.put_growing(random_bytes(6 * mebibyte, 3)));
    EXPECT_EQ(wire.count("PATCH"), before) << "what was learned is kept";
  }
}

TEST(RegistryHabits, Q3GoogleGetsNoPatchAtAll) {
  for (const std::string& known : {std::string("europe-docker.pkg.dev"), std::string()}) {
    Wire wire({.no_patch = true}, {}, known);
    EXPECT_SENT(wire.put(random_bytes(2 * mebibyte)));
    EXPECT_SENT(wire.put_growing(random_bytes(2 * mebibyte, 2)));
    EXPECT_EQ(wire.count("PATCH"), known.empty() ? 1u : 0u);
  }
}

TEST(RegistryHabits, Q4AcrGetsItsFormOfContentRangeAndANewSessionAfterACut) {
  Wire wire({.plain_content_range_only = true}, in_pieces(mebibyte, mebibyte));
  wire.far.server().add_fault({.when = on("PATCH"), .spare = 1, .cut_request_after = 1000});
  EXPECT_SENT(wire.put(random_bytes(3 * mebibyte)));
  EXPECT_EQ(wire.far.sessions_begun(), 2);
}

TEST(RegistryHabits, Q5ARangeThatCountsWithinThePieceIsUnderstood) {
  for (bool known : {true, false}) {
    Profile profile = in_pieces(mebibyte, mebibyte);
    if (known) profile.range = Profile::RangeMeaning::within_piece;
    Wire wire({.range_within_piece = true}, profile);
    EXPECT_SENT(wire.put(random_bytes(3 * mebibyte + 1)));
    EXPECT_EQ(wire.far.sessions_begun(), 1);
  }
}

TEST(RegistryHabits, Q6QuayMayAnswer200ToTheBeginningOfAnUpload) {
  Wire wire({.healthchecks = 2}, {}, "quay.io");
  EXPECT_DONE(wire.repository->may_push({}));
  EXPECT_SENT(wire.put(random_bytes(1000)));
}

TEST(RegistryHabits, Q6QuayMayRefuseTheVeryFirstPush) {
  Wire wire({.first_denials = 1}, {}, "quay.io");
  EXPECT_SENT(wire.put(random_bytes(1000)));
}

TEST(RegistryHabits, Q6AMountNamesItsSourceAndOurIndexesHaveOciChildren) {
  Wire wire({.docker_children_refused = true, .mount_needs_from = true});
  SampleImage image;
  EXPECT_DONE(put_all(*wire.ours.open("openeuler/sibling"), {image}, latest()));
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  EXPECT_EQ(wire.count("POST", "mount="), 2u);
  EXPECT_EQ(wire.count("PUT", "openeuler/openeuler/blobs/"), 0u) << "both blobs were mounted";
}

TEST(RegistryHabits, Q6WhatIsTooLongForOnePutGoesInPieces) {
  Profile profile;
  profile.largest_whole = 2 * mebibyte;
  profile.largest_piece = mebibyte;
  Wire wire({.largest_body = 2 * mebibyte}, profile);
  EXPECT_SENT(wire.put(random_bytes(5 * mebibyte)));
  EXPECT_EQ(wire.count("PATCH"), 5u);
  EXPECT_EQ(wire.far.sessions_begun(), 1);
}

TEST(RegistryHabits, Q7AMountAsksForPullOnItsSource) {
  Wire wire({.token_uses = 1000});
  SampleImage image;
  EXPECT_DONE(put_all(*wire.ours.open("openeuler/sibling"), {image}, latest()));
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  EXPECT_EQ(wire.count("PUT", "openeuler/openeuler/blobs/"), 0u) << "both blobs were mounted";
  auto asked = wire.far.scopes_asked();
  EXPECT_TRUE(std::ranges::any_of(asked, [](const std::string& scopes) {
    return scopes.find("repository:openeuler/sibling:pull") != std::string::npos &&
           scopes.find("repository:openeuler/openeuler:pull,push") != std::string::npos;
  }));
}

TEST(RegistryHabits, Q7A429InPlainTextIsWaitedFor) {
  Wire wire({}, {}, "docker.io");
  ServerAnswer busy{429, {{"Retry-After", "7"}}, "toomanyrequests\nplease slow\n"};
  wire.far.server().add_fault({.when = on("POST"), .instead = busy});
  wire.far.server().add_fault({.when = on("PUT", "/blobs/"), .instead = busy});
  EXPECT_SENT(wire.put(random_bytes(1000)));
  EXPECT_GE(wire.ours.clock.whole(), std::chrono::seconds(14));
}

TEST(RegistryHabits, Q7LookingForATagCountsNothing) {
  Wire wire;
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  ASSERT_TRUE(wire.repository->find(latest(), {}).has_value());
  EXPECT_EQ(wire.count("GET", "/manifests/"), 0u);
}

TEST(RegistryHabits, Q7DockerHubGetsLargeBodiesOfKnownLength) {
  Wire wire({.tiny_piece = mebibyte}, {}, "docker.io");
  EXPECT_SENT(wire.put(random_bytes(3 * mebibyte)));
  EXPECT_SENT(wire.put_growing(random_bytes(3 * mebibyte, 2)));
  EXPECT_EQ(wire.count("PATCH"), 0u);
}

TEST(RegistryHabits, Q8ATokenThatEndsIsRenewedAndTheBodySentAgain) {
  Wire wire({.token_uses = 2}, in_pieces(mebibyte, mebibyte));
  EXPECT_SENT(wire.put(random_bytes(6 * mebibyte)));
  EXPECT_SENT(wire.put_growing(random_bytes(4 * mebibyte, 2)));
  EXPECT_GE(wire.far.scopes_asked().size(), 3u);
}

TEST(RegistryHabits, Q9ATokenThatGrantsOnlyTheSecondScopeIsNoDeadEnd) {
  Wire wire({.token_uses = 1000, .last_scope_only = true});
  SampleImage image;
  EXPECT_DONE(put_all(*wire.ours.open("openeuler/sibling"), {image}, latest()));
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
}

TEST(RegistryHabits, Q10ARefusedMountMeansUpload) {
  for (int status : {400, 401, 403, 404, 405}) {
    Wire wire({.mount_answer = status});
    std::string bytes = random_bytes(1000);
    MemoryBlob blob("application/octet-stream", bytes);
    EXPECT_SENT(wire.ours.open("openeuler/sibling")->put_blob(blob, {}));
    EXPECT_SENT(wire.put(bytes));
  }
}

TEST(RegistryHabits, Q10ASessionThatIsForgottenBeginsAnew) {
  Wire wire({.forgotten_sessions = 3});
  EXPECT_SENT(wire.put(random_bytes(1000)));
  EXPECT_EQ(wire.far.sessions_begun(), 4);
}

TEST(RegistryHabits, Q10A413MeansSmallerPieces) {
  Wire wire({.largest_body = mebibyte});
  EXPECT_SENT(wire.put(random_bytes(9 * mebibyte)));
  int before = wire.far.sessions_begun();
  EXPECT_SENT(wire.put(random_bytes(9 * mebibyte, 2)));
  EXPECT_EQ(wire.far.sessions_begun(), before + 1) << "what was learned is kept";
  EXPECT_SENT(wire.put_growing(random_bytes(5 * mebibyte, 3)));
}

TEST(RegistryHabits, Q11AnImmutableTagIsLeftAloneWhenItIsRightAlready) {
  Wire wire({.immutable_tags = true});
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  Done moved = wire.repository->tag(latest(), image.manifest, {});
  ASSERT_FALSE(moved.has_value());
  EXPECT_EQ(moved.error().kind(), ErrorKind::conflict) << moved.error().text();
}

TEST(RegistryHabits, Q12ALocationMayBeRelativeOrForgetThePort) {
  for (auto location : {Habits::Location::relative, Habits::Location::without_port}) {
    Wire wire({.location = location}, in_pieces(mebibyte, mebibyte));
    EXPECT_SENT(wire.put(random_bytes(2 * mebibyte + 7)));
  }
}

TEST(RegistryHabits, Q12ALocationElsewhereGetsNoCredentials) {
  FaultyRegistry other;
  Wire wire({.location = Habits::Location::elsewhere, .elsewhere = "http://" + other.server().host()});
  wire.ours.credentials.add(wire.far.host().text(), {"someone", http::Secret("hunter2"), {}});
  wire.ours.credentials.add(other.host().text(), {"someone-else", http::Secret("hunter3"), {}});
  ServerAnswer challenge{401, {{"WWW-Authenticate", "Basic realm=\"test\""}}, ""};
  wire.far.server().add_fault(
      {.when = [](const ServerRequest& request) { return !request.headers.get("Authorization").has_value(); },
       .times = 99,
       .instead = challenge});
  MemoryBlob blob("application/octet-stream", random_bytes(1000));
  auto put = wire.repository->put_blob(blob, {});
  EXPECT_FALSE(put.has_value()) << "the other host does not know the session";
  ASSERT_GT(other.server().seen().size(), 0u);
  for (const auto& seen : other.server().seen()) EXPECT_FALSE(seen.headers.get("Authorization").has_value());
}

TEST(RegistryHabits, Q13AnIndexThatIsRefusedRightAfterItsChildrenIsPutAgain) {
  Wire wire({.blind_to_children = 3});
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  EXPECT_GT(wire.ours.clock.whole().count(), 0);
}

TEST(RegistryHabits, Q14AConnectionThatEndsInMidUploadIsNoEnd) {
  Wire wire;
  wire.far.server().add_fault({.when = on("PUT", "/blobs/"), .cut_request_after = 500'000});
  EXPECT_SENT(wire.put(random_bytes(2 * mebibyte)));
}

TEST(RegistryHabits, Q15ALimitOnBodiesIsFoundAlsoWhileABlobGrows) {
  Wire wire;
  // What stands in front says 413 in the middle of a body whose length it does not know.
  ServerAnswer too_long{413, {}, "<html>too large</html>", false, ServerAnswer::Unread::close};
  wire.far.server().add_fault({.when = on("PATCH"), .instead = too_long});
  EXPECT_SENT(wire.put_growing(random_bytes(3 * mebibyte)));
  EXPECT_EQ(wire.registry->profile().way, Profile::Way::pieces);
}

TEST(RegistryHabits, Q16RetryAfterIsWaitedForInBothForms) {
  for (bool date : {false, true}) {
    Wire wire;
    std::string when = "20";
    if (date) when = "Sat, 01 Jun 2024 10:00:20 GMT";  // the clock stands at 10:00:00
    wire.far.server().add_fault(
        {.when = on("PUT", "/blobs/"), .instead = ServerAnswer{503, {{"Retry-After", when}}}});
    EXPECT_SENT(wire.put(random_bytes(1000)));
    EXPECT_GE(wire.ours.clock.whole(), std::chrono::seconds(20));
    EXPECT_LE(wire.ours.clock.whole(), std::chrono::seconds(25));
  }
}

TEST(RegistryHabits, CutsAtTheSamePlaceLeadToPieces) {
  Wire wire;
  wire.far.server().add_fault({.when =
                                   [](const ServerRequest& request) {
                                     auto length = request.headers.get("Content-Length");
                                     return length && std::stoull(*length) > 2 * mebibyte;
                                   },
                               .times = 99,
                               .cut_request_after = 2 * mebibyte});
  EXPECT_SENT(wire.put(random_bytes(24 * mebibyte)));
  EXPECT_EQ(wire.registry->profile().way, Profile::Way::pieces);
}

TEST(RegistryHabits, APieceThatWasCutGoesOnWhereTheSessionIs) {
  Wire wire({.cut_ends_session = false}, in_pieces(mebibyte, mebibyte));
  wire.far.server().add_fault({.when = on("PATCH"), .spare = 2, .cut_request_after = 300'000});
  EXPECT_SENT(wire.put(random_bytes(4 * mebibyte)));
  EXPECT_EQ(wire.far.sessions_begun(), 1);
}

TEST(RegistryHabits, TheAnswerToAPutThatWorkedMayBeLost) {
  Wire wire;
  wire.far.server().add_fault({.when = on("PUT", "/blobs/"), .lose_answer = true});
  EXPECT_SENT(wire.put(random_bytes(100'000)));
  EXPECT_EQ(wire.count("PUT", "/blobs/"), 1u) << "it is not sent again";
  wire.far.server().add_fault({.when = on("PUT", "/blobs/"), .lose_answer = true});
  EXPECT_SENT(wire.put_growing(random_bytes(1 * mebibyte, 2)));
}

TEST(RegistryHabits, AnUploadThatStallsIsGivenUpAndBegunAnew) {
  Wire wire;
  wire.far.server().add_fault({.when = on("PUT", "/blobs/"), .stall_request_after = 100'000});
  EXPECT_SENT(wire.put(random_bytes(24 * mebibyte)));
}

TEST(RegistryHabits, AnUploadIsGivenUpAfterSomeSessions) {
  Wire wire;
  wire.far.server().add_fault(
      {.when = on("PUT", "/blobs/"), .times = 99, .instead = ServerAnswer{500, {}, "no"}});
  auto put = wire.put(random_bytes(1000));
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().kind(), ErrorKind::unavailable);
  EXPECT_NE(put.error().text().find("after 4 upload sessions"), std::string::npos) << put.error().text();
  EXPECT_EQ(wire.far.sessions_begun(), 4);
}

TEST(RegistryHabits, ARegistryThatLiesAboutAManifestIsNotBelieved) {
  Wire wire;
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  wire.far.server().add_fault(
      {.when = on("GET", "/manifests/"),
       .distort = [](const ServerRequest&, ServerAnswer& answer) { answer.body.back() = ' '; }});
  auto manifest = wire.repository->manifest(image.manifest.digest(), {});
  ASSERT_FALSE(manifest.has_value());
  EXPECT_EQ(manifest.error().kind(), ErrorKind::corrupt) << manifest.error().text();
}

TEST(RegistryHabits, ARegistryThatLiesAboutWhatItKeptIsNotBelieved) {
  Wire wire;
  wire.far.server().add_fault({.when = on("PUT"), .distort = [](const ServerRequest&, ServerAnswer& answer) {
                                 answer.headers.set("Docker-Content-Digest", digest_of("other").text());
                               }});
  auto put = wire.put(random_bytes(1000));
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().kind(), ErrorKind::corrupt) << put.error().text();
}

TEST(RegistryHabits, ABlobThatIsCutWhileItIsReadGoesOnByRange) {
  Wire wire;
  std::string bytes = random_bytes(3 * mebibyte);
  wire.far.add_blob("openeuler/openeuler", bytes);
  wire.far.server().add_fault({.when = on("GET", "/blobs/"), .times = 3, .cut_answer_after = 700'000});
  Descriptor blob{"", digest_of(bytes), bytes.size(), {}, {}};
  auto source = wire.repository->open_blob(blob, 10, {});
  ASSERT_TRUE(source.has_value()) << source.error().text();
  auto read = read_all(**source, 8 * mebibyte);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(*read, bytes.substr(10));
}

TEST(RegistryHabits, ATagListThatGoesInACircleEnds) {
  Wire wire;
  SampleImage image;
  EXPECT_DONE(put_all(*wire.repository, {image}, latest()));
  wire.far.server().add_fault({.when = on("GET", "/tags/"),
                               .times = 99,
                               .distort = [](const ServerRequest& request, ServerAnswer& answer) {
                                 bool first = request.query.find("last") == std::string::npos;
                                 std::string next =
                                     first ? "/v2/openeuler/openeuler/tags/list?last=x" : request.target;
                                 answer.headers.add("Link", "<" + next + ">; rel=\"next\"");
                               }});
  auto tags = wire.repository->tags({});
  ASSERT_TRUE(tags.has_value()) << tags.error().text();
  EXPECT_EQ(tags->size(), 1u);
  EXPECT_LE(wire.count("GET", "/tags/"), 3u);
}

TEST(RegistryHabits, ABlobWhoseSourceFailsLeavesNoSession) {
  Wire wire;
  TempFolder folder;
  Spool spool(FileHandle(::open((folder / "spool").c_str(), O_RDWR | O_CREAT, 0600)));
  ASSERT_TRUE(spool.write(as_bytes(random_bytes(100'000))).has_value());
  std::thread failing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    spool.abandon(unavailable("the download was cut"));
  });
  auto put = wire.repository->put_blob(spool, {});
  failing.join();
  ASSERT_FALSE(put.has_value());
  EXPECT_NE(put.error().text().find("the download was cut"), std::string::npos);
  EXPECT_EQ(wire.far.sessions_begun(), 1) << "a failure of ours is not repeated";
  EXPECT_EQ(wire.far.sessions_open(), 0u);
}

}  // namespace
}  // namespace eulerpublisher::test
