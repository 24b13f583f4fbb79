#pragma once

#include "engine/engine.h"
#include "engine/work_folder.h"

namespace eulerpublisher {

// An image that podman or docker has taken in: both are spoken to in the same words.
class CommandImage : public LoadedImage {
 public:
  struct Parts {
    std::vector<std::string> program;  // `docker`, or podman with the options that lead to our own storage
    Platform platform;
    DockerCommand names;                 // all but the folder
    std::vector<std::string> more = {};  // options of `run` that only this program has
    std::map<std::string, std::optional<std::string>> env = {};  // for the program itself
  };
  CommandImage(WorkFolder work, Parts parts) : work_(std::move(work)), parts_(std::move(parts)) {}

  Result<process::Ended> run(const std::vector<std::string>& argv, const RunTerms& terms,
                             std::stop_token stop) override;
  Result<DockerCommand> docker(bool network) override;
  void forget_scripts() override;

 protected:
  // What the program says about what it is asked; it gets a minute.
  Result<process::Ended> ask(std::vector<std::string> arguments) const;
  const std::string& image() const { return parts_.names.image; }

 private:
  std::vector<std::string> command_for(const std::string& name, const std::vector<std::string>& argv,
                                       const RunTerms& terms) const;

  WorkFolder work_;
  Parts parts_;
  int runs_ = 0;
  bool scripts_ran_ = false;
};

// The names of an image that no registry has and no person uses.
DockerCommand names_for(const WorkFolder& work, const ImageToRun& image);

// What an engine's program said last, for an error: its last line without `Error: ` and the like.
std::string last_words(const process::Ended& ended);

}  // namespace eulerpublisher
