#pragma once

#include <memory>

#include "inspect/interest.h"
#include "inspect/layer_report.h"
#include "inspect/layer_watcher.h"

namespace eulerpublisher {

// Makes the report of one layer.  `corrupt` for layers whose report would be larger than any root file
// system's.
class LayerInspector : public LayerWatcher {
 public:
  LayerInspector();
  ~LayerInspector() override;
  Result<uint64_t> entry(const TarEntry& entry) override;
  Done content(Bytes bytes) override;
  Done content_end() override;
  Done end() override;

  // Once, after the end.
  std::shared_ptr<const LayerReport> take() { return std::move(report_); }

 private:
  Done count(uint64_t bytes);
  // What lower layers lose.  Says whether the entry was a whiteout.
  Result<bool> whiteout(std::string_view folder, std::string_view base);
  // Prepares to keep the database that comes next; what hinders it is told in the report.
  bool begin_to_spill(const TarEntry& entry);
  // The content of the last entry, or its beginning when no more was asked for.
  Done look(std::string_view content);

  std::shared_ptr<LayerReport> report_;
  std::shared_ptr<KeptFile> kept_;        // the last entry, if it is kept
  Interest interest_;                     // of it
  std::unique_ptr<SpilledFile> spilled_;  // its content, if that goes to disk
  bool searched_ = false;                 // for secrets
  uint64_t kept_bytes_ = 0;               // of the whole report, about
  uint64_t content_bytes_ = 0;            // of it in contents
  std::string gathered_;                  // content that came in pieces
};

}  // namespace eulerpublisher
