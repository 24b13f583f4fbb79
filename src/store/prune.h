#pragma once

#include <filesystem>

#include "store/layout_index.h"
#include "store/store.h"

namespace eulerpublisher {

// The work of Store::prune(), for whoever has the store for himself.  Names go before what they name, so that
// a run that is killed here leaves blobs that nothing names, and never a name of something that is gone.
Result<Store::Pruned> prune_store(const std::filesystem::path& folder, LayoutIndex& index, uint64_t keep);

}  // namespace eulerpublisher
