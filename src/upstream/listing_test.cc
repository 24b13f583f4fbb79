#include "upstream/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* here = "https://repo.example/openEuler-24.03-LTS/docker_img/update/";

TEST(ParseListing, ReadsFancyindex) {
  Listing listing = parse_listing(
      R"(<html><head><link href="/style.css" rel="stylesheet"></head><body><table id="list"><thead><tr>
<th><a href="?C=N&amp;O=A">File Name</a>&nbsp;<a href="?C=N&amp;O=D">&nbsp;&darr;&nbsp;</a></th></tr></thead><tbody>
<tr><td class="link"><a href="../">Parent directory/</a></td><td class="size">-</td><td class="date">-</td></tr>
<tr><td class="link"><a href="2024-06-01/" title="2024-06-01">2024-06-01/</a></td><td class="size">-</td></tr>
<tr><td class="link"><a href="current/" title="current">current/</a></td><td class="size">-</td></tr>
<tr><td class="link"><a href="a%20very%20long.tar.xz" title="a">a very lo..&gt;</a></td><td>43 MiB</td></tr>
</tbody></table></body></html>)",
      here);
  EXPECT_THAT(listing.folders, ElementsAre("2024-06-01", "current"));
  EXPECT_THAT(listing.files, ElementsAre("a very long.tar.xz"));
}

TEST(ParseListing, ReadsAutoindex) {
  Listing listing = parse_listing(
      "<html>\r\n<head><title>Index of /openEuler-24.03-LTS/docker_img/update/</title></head>\r\n<body>\r\n"
      "<h1>Index of /</h1><hr><pre><a href=\"../\">../</a>\r\n"
      "<a href=\"2024-06-01/\">2024-06-01/</a>                 01-Jun-2024 10:00                   -\r\n"
      "<a href=\"2024-05-01/\">2024-05-01/</a>                 01-May-2024 10:00                   -\r\n"
      "</pre><hr></body>\r\n</html>\r\n",
      here);
  EXPECT_THAT(listing.folders, ElementsAre("2024-05-01", "2024-06-01"));
}

TEST(ParseListing, ReadsLinksHoweverTheyAreWritten) {
  Listing listing = parse_listing(
      "<A class=x HREF='one/'>1</A><a\nhref = two/>2</a><a href=\"./three/\">3</a>"
      "<a href=\"/openEuler-24.03-LTS/docker_img/update/four/\">4</a>"
      "<a href=\"https://repo.example:443/openEuler-24.03-LTS/docker_img/update/five/\">5</a>"
      "<a href=\"a&amp;b&#x2e;c&#46;d\">6</a><a href=\"caf%C3%A9\">7</a><a href=\"one/\">again</a>",
      here);
  EXPECT_THAT(listing.folders, ElementsAre("five", "four", "one", "three", "two"));
  EXPECT_THAT(listing.files, ElementsAre("a&b.c.d", "caf\xC3\xA9"));
}

TEST(ParseListing, AnAddressWithoutItsLastSlashIsTheSameFolder) {
  Listing listing = parse_listing("<a href=\"/x/y/2024-06-01/\">", "http://127.0.0.1:8080/x/y");
  EXPECT_THAT(listing.folders, ElementsAre("2024-06-01"));
}

TEST(ParseListing, PassesOverWhatIsNotWithin) {
  Listing listing = parse_listing(
      "<a href=\"../\">up</a><a href=\"../other/\">beside</a><a href=\"/\">root</a><a "
      "href=\"?C=M;O=A\">sort</a>"
      "<a href=\"https://elsewhere.example/openEuler-24.03-LTS/docker_img/update/x/\">host</a>"
      "<a href=\"//elsewhere.example/x/\">host</a><a "
      "href=\"http://repo.example/openEuler-24.03-LTS/docker_img/"
      "update/x/\">scheme</a><a href=\"a/b/\">deep</a><a href=\"a/b\">deep</a><a href=\"#top\">here</a>"
      "<a href=\"javascript:alert(1)\">js</a><a href=\"mailto:a@b.example\">mail</a><a href=\"\">empty</a>"
      "<a>none</a><b href=\"b/\">no link</b><!-- <a href=\"hidden/\">hidden</a> --><a href=\"./\">self</a>",
      here);
  EXPECT_THAT(listing.folders, IsEmpty());
  EXPECT_THAT(listing.files, IsEmpty());
}

TEST(ParseListing, TakesNoNameThatCouldNotBeAFiles) {
  std::string longer(256, 'x');
  Listing listing = parse_listing(
      "<a href=\"%2e%2e/\">1</a><a href=\"a%2fb\">2</a><a href=\"a%00b\">3</a>"
      "<a href=\"a%0Ab/\">4</a><a href=\"..%2f\">5</a><a href=\"&#0;\">6</a><a href=\"" +
          longer + "\">7</a>",
      here);
  EXPECT_THAT(listing.folders, IsEmpty());
  EXPECT_THAT(listing.files, IsEmpty());
}

TEST(ParseListing, UnderstandsAnyBytesWithoutHarm) {
  std::string many(100'000, '<');
  for (std::string html :
       {std::string(), std::string("<"), std::string("<a"), std::string("<a href"), std::string("<a href="),
        std::string("<a href=\""), std::string("<a href='x"), std::string("<!--"), std::string("<a =>"),
        std::string("<a ==\"\"=>"), many, std::string(4096, '\0'),
        std::string("<a href=\"&#xffffffffff;&#x110000;&#xd800;&#;&;&\">")})
    (void)parse_listing(html, here);
  std::string quotes;
  for (int i = 0; i < 20'000; ++i) quotes += "<a href=\"";
  (void)parse_listing(quotes, here);
  EXPECT_THAT(parse_listing("<a href=\"x/\">", "no address").folders, IsEmpty());
}

}  // namespace
}  // namespace eulerpublisher
