#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "oci/document.h"
#include "process/run.h"
#include "stream/stream.h"

namespace eulerpublisher {

// One platform of an image that is to be run, and where the bytes of its layers come from.
struct ImageToRun {
  Platform platform;
  Document<Manifest> manifest;
  Document<Config> config;
  // The bytes of one of the manifest's layers, as they are stored.  Whoever asks verifies them.
  std::function<Result<std::unique_ptr<Source>>(const Descriptor&, std::stop_token)> open_layer;
  // The last parts of the name that scripts are told: as a repository's and a tag's.
  std::string package = "image";
  std::string tag = "check";
};

// On which terms a container runs.
struct RunTerms {
  std::string input = {};  // what its standard input says before it ends
  bool terminal = false;   // as `docker run -ti`: all that it says is then in `out`
  bool network = false;
  bool as_root = false;  // whoever the image wants to be run as
  std::map<std::string, std::string> env = {};
  std::chrono::milliseconds patience = std::chrono::seconds(60);
  // Once it has said this, its first process is sent SIGTERM.  Empty: never.
  std::string terminate_after = {};
};

// What scripts need to speak to an engine as `docker`.
struct DockerCommand {
  std::filesystem::path folder;  // to go ahead in PATH: it holds a `docker` and nothing else
  std::string image;             // the name by which that knows the image; no registry has it
  std::string registry, name_space, package, tag;  // the same in parts: REGISTRY/NAMESPACE/PACKAGE:TAG
  std::string prefix;  // for names of containers and networks, so that none is a person's own
};

// An image that an engine has taken in.  With this value go the image, its containers and whatever else the
// engine has kept for it.  Owned by one thread.
class LoadedImage {
 public:
  virtual ~LoadedImage() = default;

  // Runs a program in a new container, to its end; no `argv`: what the image runs by itself.  When its time
  // is up or `stop` is asked for, the container is killed.  It is always removed.  That the image has no such
  // program, or none for this processor, is a status of 126 or 127.  Errors: `unavailable` when the engine
  // itself cannot run a container, `cancelled`.
  virtual Result<process::Ended> run(const std::vector<std::string>& argv, const RunTerms& terms,
                                     std::stop_token stop) = 0;

  // For scripts that call `docker`; an engine that is nothing like it says why in an Error (`unsupported`).
  // What they leave behind is removed with forget_scripts().
  virtual Result<DockerCommand> docker(bool network) = 0;
  virtual void forget_scripts() = 0;
};

// What runs containers.  It never touches containers and images of a person: what it makes has names of its
// own, and storage of its own where the engine allows it.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string name() const = 0;  // podman, docker, runc
  // Takes an image in.  `unavailable` when the engine does not work here, `corrupt` when a layer's bytes are
  // not what its digest says or it is no archive that may be unpacked.
  virtual Result<std::unique_ptr<LoadedImage>> load(const ImageToRun& image, std::stop_token stop) = 0;
};

// What a person may ask for: --engine.
enum class EngineChoice { automatic, podman, docker, runc, none };
std::optional<EngineChoice> engine_choice_from(std::string_view word);

// The engines to be tried, in this order: the one that was asked for, or those whose program is installed.
// `not_found` when one was asked for that is not installed.
Result<std::vector<std::unique_ptr<Engine>>> engines_for(EngineChoice choice);

std::unique_ptr<Engine> podman_engine();
std::unique_ptr<Engine> docker_engine();
std::unique_ptr<Engine> runc_engine();

}  // namespace eulerpublisher
