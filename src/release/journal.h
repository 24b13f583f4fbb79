#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "policy/plan.h"

namespace eulerpublisher {

// What was done, written down before it is done: releases, every move of every tag, every finding.  A SQLite
// file (WAL), so that it outlives kill -9 and power cuts at any moment.  One writer at a time, others wait.
// Safe from any thread.
class Journal {
 public:
  // $XDG_STATE_HOME/eulerpublisher, else ~/.local/state/eulerpublisher.  `invalid` when neither is known.
  static Result<std::filesystem::path> default_folder();

  // Opens FOLDER/journal.db and creates what is missing.  `denied`, `unavailable`, or `corrupt` when it is no
  // journal of ours or one of a newer program.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder, Clock& clock);
  virtual ~Journal() = default;

  // What a release is called from here on: `20241230T101500Z-24.03-lts-sp1-1`.
  // `repositories` has one name a line.  What `best_effort` says decides what becomes of it when its run is
  // killed: see recover().
  virtual Result<std::string> begin(const std::string& command, const std::string& version,
                                    const std::string& repositories, bool best_effort = false) = 0;

  // One line of a release's story.  On the disk when it returns.
  struct Event {
    std::string kind;  // see moves_journal.h
    std::string repository;
    std::string tag;
    std::string from;
    std::string to;
    std::string text;
    Instant when{};  // set by the journal
  };
  virtual Done note(const std::string& release, const Event& event) = 0;
  // All of them at once, or none: the moves of a commit.
  virtual Done note(const std::string& release, const std::vector<Event>& events) = 0;

  // The release is over.  `receipt` is its JSON.
  virtual Done end(const std::string& release, const std::string& result, int exit_status,
                   const std::string& receipt) = 0;

  struct Entry {
    std::string release;
    std::string command;
    std::string version;
    std::string repositories;
    bool best_effort = false;
    std::string result;  // empty: not over, or its end was never written
    std::string receipt;
    Instant started{};
    Instant finished{};
  };
  // Newest first.
  virtual Result<std::vector<Entry>> entries(size_t most) = 0;
  virtual Result<std::optional<Entry>> entry(const std::string& release) = 0;
  virtual Result<std::vector<Event>> events(const std::string& release) = 0;
  // What the newest release that touched a tag says of it: the last of its events that tell of a move, or
  // nothing.
  struct LastWord {
    std::string release;
    bool over = false;  // its end was written
    Event event;
  };
  virtual Result<std::optional<LastWord>> last_word(const std::string& repository,
                                                    const std::string& tag) = 0;
  // The moves that were made of a tag, newest first; in any repository when none is named.
  virtual Result<std::vector<Event>> moves(const std::optional<std::string>& repository,
                                           const std::string& tag, size_t most) = 0;
  // Those whose end was never written, oldest first.
  virtual Result<std::vector<Entry>> unfinished() = 0;
};

}  // namespace eulerpublisher
