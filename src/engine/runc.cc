#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "engine/runtime_config.h"
#include "engine/terminating.h"
#include "engine/unpack.h"
#include "engine/work_folder.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// Every run changes the root file system, so every run but the first works on what the ones before it have
// left, as containers of one image do not.  What the checks run does not mind; a copy for each run would take
// longer than the run.
class RuncImage : public LoadedImage {
 public:
  RuncImage(WorkFolder work, ImageToRun image, RootFolder root)
      : work_(std::move(work)), image_(std::move(image)), root_(std::move(root)) {}

  Result<process::Ended> run(const std::vector<std::string>& argv, const RunTerms& terms,
                             std::stop_token stop) override;
  Result<DockerCommand> docker(bool) override {
    return unsupported("scripts call `docker`, and runc is nothing like it: install podman or docker");
  }
  void forget_scripts() override {}

 private:
  std::vector<std::string> runc(std::vector<std::string> arguments) const {
    std::vector<std::string> argv{
        "runc", "--root", (work_ / "runc").string(), "--log", log().string(), "--log-format", "json"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return argv;
  }
  fs::path log() const { return work_ / "log"; }
  // What runc itself complained about, or nothing.
  std::string complaint() const;

  WorkFolder work_;
  ImageToRun image_;
  RootFolder root_;
  int runs_ = 0;
};

std::string RuncImage::complaint() const {
  std::ifstream lines(log());
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    auto entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object() && entry.value("level", "") == "error") last = entry.value("msg", "");
  }
  return last;
}

// What runc says of a program that cannot be started is the image's fault and no failure of runc.
std::optional<int> status_of_complaint(const std::string& text) {
  bool cannot_start = text.find("exec: \"") != text.npos || text.find("exec format error") != text.npos;
  if (!cannot_start) return std::nullopt;
  bool missing = text.find("not found") != text.npos || text.find("no such file") != text.npos;
  return missing ? 127 : 126;
}

Result<process::Ended> RuncImage::run(const std::vector<std::string>& argv, const RunTerms& terms,
                                      std::stop_token stop) {
  std::string id = fmt::format("{}-{}", work_.word(), ++runs_);
  Start start = TRY(start_of(image_, root_, argv, terms));
  std::string name = "check";
  std::ofstream(work_ / "hosts") << "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 " << name << "\n";
  std::ofstream(work_ / "config.json") << runtime_config(start, terms, name, work_ / "hosts");
  std::error_code ignored;
  fs::remove(log(), ignored);
  process::Terms how{.input = terms.input, .patience = terms.patience, .terminal = terms.terminal};
  how.watch = when_it_says(terms, [&] { (void)process::run({runc({"kill", id, "TERM"})}); });
  auto ended = process::run({.argv = runc({"run", "--bundle", work_.path().string(), id})}, how, stop);
  (void)process::run({runc({"delete", "-f", id})});
  if (!ended || ended->too_late) return ended;
  std::string text = complaint();
  if (text.empty() || ended->status == 0) return ended;
  auto status = status_of_complaint(text);
  if (!status) return unavailable("runc cannot run a container here: {}", text);
  ended->status = *status;
  return ended;
}

class Runc : public Engine {
 public:
  std::string name() const override { return "runc"; }
  Result<std::unique_ptr<LoadedImage>> load(const ImageToRun& image, std::stop_token stop) override {
    WorkFolder work = TRY(WorkFolder::make());
    fs::path root = work / "rootfs";
    std::error_code failed;
    fs::create_directory(root, failed);
    fs::create_directory(work / "runc", failed);
    if (failed) return unavailable("making folders in {}: {}", work.path().string(), failed.message());
    TRY(unpack(image, root, stop));
    RootFolder opened = TRY(RootFolder::open(root));
    return std::unique_ptr<LoadedImage>(new RuncImage(std::move(work), image, std::move(opened)));
  }
};

}  // namespace

std::unique_ptr<Engine> runc_engine() { return std::make_unique<Runc>(); }

}  // namespace eulerpublisher
