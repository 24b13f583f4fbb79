#include "check/comparison.h"
#include "check/print_comparison.h"
#include "cli/commands.h"
#include "cli/image_name.h"
#include "cli/print.h"
#include "rpm/read_packages.h"

namespace eulerpublisher::cli {
namespace {

Result<CheckedImage> read_whole(RepositoryReader& reader, const ImageName& name, std::stop_token stop) {
  Descriptor top = TRY(find_image(reader, name.reference, stop));
  return read_image(reader, top, {}, Unread::read, stop, packages_of_root);
}

bool same_place(const Target& left, const Target& right) {
  bool same_host =
      left.host ? right.host && *left.host == *right.host : !right.host && left.folder == right.folder;
  return same_host && left.repository == right.repository;
}

}  // namespace

Result<ExitStatus> show_difference(Session& session) {
  ImageName before = TRY(ImageName::parse(session.options.diff.at(0)));
  ImageName after = TRY(ImageName::parse(session.options.diff.at(1)));
  std::vector<Target> targets{before.target};
  if (!same_place(before.target, after.target)) targets.push_back(after.target);
  auto places = TRY(session.parts.destinations_for(targets));
  CheckedImage old =
      TRY(read_whole(*places.front().repository, before, session.stop).within("reading {}", before.text));
  CheckedImage now =
      TRY(read_whole(*places.back().repository, after, session.stop).within("reading {}", after.text));
  Comparison comparison = compare(old, now);
  if (session.options.json) {
    print_document(print_comparison(comparison));
  } else {
    tell(session, describe(comparison));
  }
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
