#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace eulerpublisher {

// One piece of work that a person may watch: a download, a conversion, an upload.  All members are safe from
// any thread and cheap enough to be called for every buffer.  Destruction without done() tells that it was
// given up.
class Transfer {
 public:
  virtual ~Transfer() = default;
  // What is being done now, in one or two words: `fetching`, `waiting`, `uploading`.
  virtual void phase(std::string name) = 0;
  // How many bytes there will be, once that is known; it may change.
  virtual void total(uint64_t bytes) = 0;
  // How many bytes are done since the beginning; smaller than before when a transfer begins anew.
  virtual void done_bytes(uint64_t bytes) = 0;
  // That many bytes more are done.
  virtual void add_bytes(uint64_t bytes) = 0;
  // The work is complete.  `note` says how it ended where that is of interest: `already there`, `mounted`.
  virtual void done(std::string note = {}) = 0;
};

// Where work reports to, so that it need not know who watches.  Safe from any thread; must outlive its
// transfers.
class Progress {
 public:
  virtual ~Progress() = default;
  // `label` says what is being moved and where to: `amd64 archive`, `quay.io amd64 layer`.
  virtual std::unique_ptr<Transfer> start(std::string label) = 0;
};

// Nobody watches.  Lives as long as the program.
Progress& no_progress();

}  // namespace eulerpublisher
