#include "http/recording.h"

#include <gmock/gmock.h>

#include "base/log.h"
#include "support/http_fakes.h"

namespace eulerpublisher::http {
namespace {

using test::FakeClient;
using test::request_to;
using test::status;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Recording, CountsRequestsAnswersAndBytesByHost) {
  FakeClient client([](const Request& request) -> Result<Response> {
    if (request.method == "DELETE") return unavailable("cut");
    if (request.body) {
      auto source = TRY(request.body->blob->open(0, {}));
      TRY(read_all(*source, 100));
    }
    if (request.into) TRY(request.into->write(as_bytes("1234567")));
    return status(200, {}, "abc");
  });
  Recording recording(client);
  MemoryBlob blob("text/plain", "12345");
  Request put = request_to("https://a.example:5000/x", "PUT");
  put.body = Body{&blob, 0, {}};
  MemorySink sink(100);
  Request get = request_to("https://a.example:5000/x");
  get.into = &sink;
  EXPECT_TRUE(recording.send(put, {}).has_value());
  EXPECT_TRUE(recording.send(get, {}).has_value());
  EXPECT_FALSE(recording.send(request_to("http://b.example/", "DELETE"), {}).has_value());
  auto traffic = recording.traffic();
  EXPECT_EQ(traffic["a.example:5000"].all_requests(), 2u);
  EXPECT_EQ(traffic["a.example:5000"].bytes_sent, 5u);
  EXPECT_EQ(traffic["a.example:5000"].bytes_received, 13u);
  EXPECT_EQ(traffic["b.example"].answers[0], 1u);
  EXPECT_EQ(sink.text(), "1234567");
}

TEST(Recording, ShowsNoSecretInTheLog) {
  auto lines = std::make_shared<std::string>();
  set_log(LogLevel::debug, [lines](LogLevel, const std::string& line) { *lines += line + "\n"; });
  FakeClient client([](const Request&) { return status(200); });
  Recording recording(client);
  Request request =
      request_to("https://ann:marked-password@a.example/x?X-Amz-Signature=marked-signature&digest=sha256:1");
  request.headers.add("Authorization", "Bearer marked-token");
  EXPECT_TRUE(recording.send(request, {}).has_value());
  set_log(LogLevel::warning, nullptr);
  EXPECT_THAT(*lines, HasSubstr("GET https://a.example/x?X-Amz-Signature=***&digest=sha256:1: 200"));
  EXPECT_THAT(*lines, Not(HasSubstr("marked")));
}

}  // namespace
}  // namespace eulerpublisher::http
