#include "image/convert.h"

#include <algorithm>

#include "base/clock.h"
#include "image/adjustments.h"
#include "image/claims.h"
#include "image/config_edit.h"
#include "image/docker_archive.h"
#include "image/layer_intake.h"
#include "stream/hashing.h"
#include "stream/xz.h"

namespace eulerpublisher {
namespace {

constexpr std::string_view mismatch = "its checksum is ";

constexpr size_t unpack_buffer = 256 << 10;
constexpr std::string_view no_date = "1970-01-01T00:00:00Z";

const PieceCodec& codec_of(const Recipe& recipe) {
  return recipe.compression == Recipe::Compression::zstd ? zstd_pieces() : gzip_pieces();
}

// What the archive unpacks to, within limits, for whoever reads the tar in it.
class Unpacked {
 public:
  Unpacked(HashingSource& archive, const XzLimits& xz, uint64_t limit, const ConvertEvents& events,
           std::stop_token stop)
      : archive_(archive),
        xz_(archive, xz),
        limit_(limit),
        events_(events),
        stop_(std::move(stop)),
        buffer_(unpack_buffer) {}

  Result<Bytes> next() {
    if (stop_.stop_requested()) return cancelled("stopped while unpacking an archive");
    size_t count = TRY(xz_.read(buffer_));
    unpacked_ += count;
    if (unpacked_ > limit_) return corrupt("it unpacks to more than {} bytes", limit_);
    if (events_.progress) events_.progress(archive_.bytes_read(), unpacked_);
    return Bytes(buffer_.data(), count);
  }

  // Behind the end of a tar there is only padding; but it has to be there whole.
  Done to_the_end() {
    while (!TRY(next()).empty()) {
    }
    return {};
  }

 private:
  HashingSource& archive_;
  XzSource xz_;
  uint64_t limit_;
  uint64_t unpacked_ = 0;
  const ConvertEvents& events_;
  std::stop_token stop_;
  std::vector<std::byte> buffer_;
};

class Conversion {
 public:
  Conversion(Source& archive, const ArchiveExpected& expected, const Recipe& recipe,
             const ArchiveLimits& limits, Store& store, const ConvertEvents& events, unsigned threads,
             std::stop_token stop)
      : expected_(expected),
        recipe_(recipe),
        limits_(limits),
        store_(store),
        events_(events),
        stop_(stop),
        workers_(Workers::shared(threads)),
        bytes_(archive, stop),
        intake_(store, codec_of(recipe), workers_, limits, events, stop) {}

  Result<ConvertedImage> run() {
    auto image = convert();
    if (!image) intake_.abandon(image.error());
    return image;
  }

 private:
  Result<ConvertedImage> convert() {
    DockerArchive archive = TRY(read_verified());
    VerifiedArchive verified = TRY(verify_archive(archive, expected_));
    std::string created = verified.config.created.empty() ? std::string(no_date) : verified.config.created;
    auto time = parse_rfc3339(created);
    if (!time)
      return corrupt("its configuration says that it was created at '{}', which is no time", created);

    ConvertedImage image{expected_.checksum, expected_.platform, {}, {}, verified.os_version, created};
    std::vector<TakenLayer> added;
    std::optional<AddedLayer> added_claim;
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
    if (auto adjustments = make_adjustments(verified.root, recipe_, seconds)) {
      added.push_back(TRY(intake_.take("adjustments", adjustments->tar)));
      if (added[0].fault) return *added[0].fault;
      added_claim = AddedLayer{added[0].diff_id, created, "eulerpublisher: " + adjustments->description};
      verified.layers.push_back(&added[0]);
    }
    image.config = TRY(edit_config(verified.config_bytes, added_claim));
    for (const TakenLayer* layer : verified.layers) {
      TRY(keep(*layer));
      image.layers.push_back(layer->descriptor);
      image.reports.push_back(layer->report);
    }
    intake_.abandon(corrupt("a file of the archive turned out to be no layer of the image"));
    return image;
  }

  // The archive, once its checksum agrees.  Where it does not, that says more than whatever else is wrong.
  Result<DockerArchive> read_verified() {
    Result<DockerArchive> archive = read();
    bool judged = archive || archive.error().kind() == ErrorKind::corrupt ||
                  archive.error().kind() == ErrorKind::unsupported;
    if (!judged) return archive;
    Digest found = TRY(bytes_.digest());
    if (found != expected_.checksum) {
      std::string also = archive ? "" : fmt::format(" ({})", archive.error().text());
      return checksum_mismatch(found, expected_.checksum, also);
    }
    return archive;
  }

  Result<DockerArchive> read() {
    // Unpacking and compressing cost about the same, so until there are many cores one thread that unpacks
    // keeps them all busy; and blocks unpacked side by side want much memory.
    XzLimits xz;
    xz.threads = std::max(1u, workers_->count() / 4);
    Unpacked unpacked(bytes_, xz, limits_.unpacked, events_, stop_);
    DockerArchive archive = TRY(read_docker_archive([&] { return unpacked.next(); }, intake_, limits_));
    TRY(unpacked.to_the_end());
    return archive;
  }

  // The image is what it claims: from here on followers of this layer get their end.
  Done keep(const TakenLayer& layer) {
    if (stop_.stop_requested()) return cancelled("stopped before the layers were kept");
    if (layer.spool->descriptor()) return {};
    layer.spool->seal(layer.descriptor);
    return store_.keep(*layer.spool);
  }

  const ArchiveExpected& expected_;
  const Recipe& recipe_;
  const ArchiveLimits& limits_;
  Store& store_;
  const ConvertEvents& events_;
  std::stop_token stop_;
  std::shared_ptr<Workers> workers_;
  HashingSource bytes_;
  LayerIntake intake_;
};

}  // namespace

Error checksum_mismatch(const Digest& found, const Digest& expected, std::string_view also) {
  return corrupt("{}{}, but {} was expected{}: fetch it again", mismatch, found.text(), expected.text(),
                 also);
}

bool is_checksum_mismatch(const Error& error) { return error.cause().starts_with(mismatch); }

std::string Recipe::text() const {
  return fmt::format("v1 {}{}{}", codec_of(*this).text(), utc ? " utc" : "", tmout ? " tmout" : "");
}

Result<ConvertedImage> convert_archive(Source& archive, const ArchiveExpected& expected, const Recipe& recipe,
                                       const ArchiveLimits& limits, Store& store, const ConvertEvents& events,
                                       unsigned threads, std::stop_token stop) {
  return Conversion(archive, expected, recipe, limits, store, events, threads, std::move(stop)).run();
}

}  // namespace eulerpublisher
