#include <array>

#include "catalogue/finding.h"

namespace eulerpublisher::catalogue {
namespace {

using enum Severity;

// In the order of Code.  docs/catalogue.md has the same table for people; a test holds the two together.
constexpr std::array rules{
    Rule{Code::not_yaml, "EP-C001", error, "not-yaml",
         "The file, or one entry of it, is not YAML: a tab, a wrong indent, a blank that is missing."},
    Rule{Code::empty_meta, "EP-C002", error, "empty-meta", "A meta.yml holds nothing."},
    Rule{Code::sequence_meta, "EP-C003", error, "no-mapping", "A meta.yml is no mapping of tags."},
    Rule{Code::record_meta, "EP-C004", error, "record",
         "A meta.yml is a record of name, tag and file instead of a mapping of tags."},
    Rule{Code::wrong_entry, "EP-C005", error, "wrong-entry",
         "An entry of a meta.yml has none of the three forms."},
    Rule{Code::wrong_architecture, "EP-C006", error, "wrong-architecture",
         "An entry names an architecture that is none, or one twice."},
    Rule{Code::illegal_tag, "EP-C007", error, "illegal-tag", "No registry takes such a tag."},
    Rule{Code::repeated_tag, "EP-C008", error, "repeated-tag",
         "The same tag stands twice in one meta.yml; none of them is published."},
    Rule{Code::missing_file, "EP-C009", error, "missing-file",
         "The Dockerfile that an entry names does not exist."},
    Rule{Code::outside_path, "EP-C010", error, "outside-path", "A path leads out of the catalogue."},
    Rule{Code::shared_file, "EP-C011", warning, "shared-file",
         "Two tags name one file: it is built once and published under both."},
    Rule{Code::tag_and_folder, "EP-C012", warning, "tag-and-folder-disagree",
         "A tag and its folder disagree about the version; the tag is what is published."},
    Rule{Code::listed_twice, "EP-C013", warning, "listed-twice",
         "A name stands twice in one image-list.yml, with the same folder."},
    Rule{Code::listed_differently, "EP-C014", error, "listed-differently",
         "A name stands twice in one image-list.yml, with different folders; neither is published."},
    Rule{Code::listed_without_folder, "EP-C015", warning, "listed-without-folder",
         "An image-list.yml names a folder that does not exist."},
    Rule{Code::built_on_absent_folder, "EP-C016", error, "built-on-absent-folder",
         "A Dockerfile builds on an image whose folder does not exist."},
    Rule{Code::unlisted_folder, "EP-C017", warning, "unlisted-folder",
         "A folder has a meta.yml and no image-list.yml names it; it is not published."},
    Rule{Code::listed_without_meta, "EP-C018", note, "listed-without-meta",
         "A listed image has no meta.yml: there is nothing to publish."},
    Rule{Code::name_in_two_scenes, "EP-C019", warning, "name-in-two-scenes",
         "One name stands in two scenes; `latest` is decided over both together."},
    Rule{Code::unnamed_dockerfile, "EP-C020", note, "unnamed-dockerfile",
         "No meta.yml names this Dockerfile; it is not published."},
    Rule{Code::identical_files, "EP-C021", warning, "identical-files",
         "Two tags of an image have Dockerfiles of different version folders with the same bytes."},
    Rule{Code::unknown_base, "EP-C022", warning, "unknown-base",
         "A Dockerfile builds on an image or tag of ours that the catalogue does not have."},
    Rule{Code::base_lacks_architecture, "EP-C023", warning, "base-lacks-architecture",
         "A Dockerfile builds on an image that lacks one of its architectures."},
    Rule{Code::base_of_other_version, "EP-C024", warning, "base-of-other-version",
         "A Dockerfile builds on another version of openEuler than its folder says."},
    Rule{Code::crlf, "EP-C025", note, "crlf", "A Dockerfile's lines end with CR LF."},
    Rule{Code::blanks_after_continuation, "EP-C026", note, "blanks-after-continuation",
         "Blanks follow a backslash that continues a line."},
    Rule{Code::blank_line_in_continuation, "EP-C027", note, "blank-line-in-continuation",
         "A blank line stands within a continued instruction."},
    Rule{Code::entrypoint_not_json, "EP-C028", warning, "entrypoint-not-json",
         "An ENTRYPOINT looks like JSON and is not: a shell would run it."},
    Rule{Code::wrong_dockerfile, "EP-C029", error, "wrong-dockerfile",
         "A Dockerfile or Distrofile cannot be built as it is written."},
    Rule{Code::cycle, "EP-C030", error, "cycle", "Images build on each other in a circle."},
    Rule{Code::mixed_versions, "EP-C031", warning, "mixed-versions",
         "Versions of one image are of different kinds, so that `latest` may not be what is meant."},
    Rule{Code::no_latest, "EP-C032", warning, "no-latest",
         "No entry of an image can be published: `latest` is not moved."},
    Rule{Code::wrong_latest, "EP-C033", error, "wrong-latest",
         "The policy gives `latest` to a tag that cannot be published."},
    Rule{Code::wrong_list, "EP-C034", error, "wrong-list",
         "An image-list.yml is not `images:` with names and their folders."},
    Rule{Code::wrong_name, "EP-C035", error, "wrong-name", "No registry takes such a name of an image."},
    Rule{Code::unreadable_file, "EP-C036", error, "unreadable-file", "A file cannot be read."},
    Rule{Code::latest_as_entry, "EP-C037", warning, "latest-as-entry",
         "`latest` stands in a meta.yml; which image it names is decided by the rule."},
    Rule{Code::readme_table, "EP-C038", warning, "readme-table",
         "The table of tags in README.md is not what meta.yml says."},
    Rule{Code::info_table, "EP-C039", warning, "info-table",
         "The table of tags in doc/image-info.yml is not what meta.yml says."},
};

constexpr bool in_order() {
  for (size_t i = 0; i < rules.size(); ++i)
    if (static_cast<size_t>(rules[i].code) != i) return false;
  return true;
}
static_assert(in_order(), "the table has the order of Code");

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case note:
      return "note";
    case warning:
      return "warning";
    case error:
      return "error";
  }
  return "error";
}

std::span<const Rule> all_rules() { return rules; }

const Rule& rule_of(Code code) { return rules[static_cast<size_t>(code)]; }

}  // namespace eulerpublisher::catalogue
