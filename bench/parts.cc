// What the parts of a conversion cost one core, on a real layer, with Google Benchmark:
//
//   EP_BENCH_ARCHIVE=…/openEuler-docker.x86_64.tar.xz parts [--benchmark_filter=…]
//
// Compressing is measured at neighbouring levels too, with the size that comes out (`packed`, bytes), because
// the level is a choice: src/stream/piece_codec.cc.

#include <benchmark/benchmark.h>
#include <libdeflate.h>
#include <zstd.h>

#include <cstdio>
#include <cstdlib>

#include "check/check.h"
#include "inspect/layer_inspector.h"
#include "inspect/layer_watcher.h"
#include "oci/media_type.h"
#include "registry/layout_repository.h"
#include "stream/hashing.h"
#include "stream/piece_codec.h"
#include "stream/tar_reader.h"
#include "stream/xz.h"

namespace {

using namespace eulerpublisher;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "parts: %s\n", why.c_str());
  std::exit(1);
}

std::string archive_path() {
  const char* path = std::getenv("EP_BENCH_ARCHIVE");
  if (!path) give_up("set EP_BENCH_ARCHIVE to an archive (bench/make-release.sh makes some)");
  return path;
}

// The archive, in memory.
std::unique_ptr<Source> archive() {
  static const MemoryBlob blob = [] {
    auto read = read_file(archive_path(), 4ull << 30);
    if (!read) give_up(read.error().text());
    return MemoryBlob("application/x-xz", std::move(*read));
  }();
  return *blob.open(0, {});
}

// The first layer in it, unpacked.
const std::string& layer() {
  static const std::string bytes = [] {
    auto packed = archive();
    XzSource xz(*packed);
    std::vector<std::byte> buffer(256 << 10);
    TarReader tar([&]() -> Result<Bytes> {
      size_t count = TRY(xz.read(buffer));
      return Bytes(buffer.data(), count);
    });
    std::string layer;
    for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
      if (!(*entry)->name.ends_with(".tar") || (*entry)->type != TarEntry::Type::file) continue;
      for (auto part = tar.content(); part && !part->empty(); part = tar.content()) layer += as_text(*part);
      break;
    }
    if (layer.empty()) give_up(archive_path() + " holds no layer");
    return layer;
  }();
  return bytes;
}

void unpack_xz(benchmark::State& state) {
  uint64_t unpacked = 0;
  std::vector<std::byte> buffer(256 << 10);
  for (auto _ : state) {
    auto packed = archive();
    XzSource xz(*packed);
    for (auto count = xz.read(buffer); count && *count > 0; count = xz.read(buffer)) unpacked += *count;
  }
  state.SetBytesProcessed(static_cast<int64_t>(unpacked));
}

void sha256(benchmark::State& state) {
  for (auto _ : state) {
    Sha256 hash;
    hash.update(as_bytes(layer()));
    benchmark::DoNotOptimize(hash.digest());
  }
  state.SetBytesProcessed(static_cast<int64_t>(layer().size() * state.iterations()));
}

// Compresses the layer in pieces; `one` takes a piece and says how many bytes it became.
template <class One>
void in_pieces(benchmark::State& state, size_t piece, One one) {
  uint64_t packed = 0;
  for (auto _ : state) {
    packed = 0;
    for (size_t at = 0; at < layer().size(); at += piece)
      packed += one(as_bytes(std::string_view(layer()).substr(at, piece)));
  }
  state.SetBytesProcessed(static_cast<int64_t>(layer().size() * state.iterations()));
  state.counters["packed"] = static_cast<double>(packed);
}

void ours(benchmark::State& state, const PieceCodec& codec) {
  std::vector<std::byte> room(codec.bound());
  in_pieces(state, codec.piece(), [&](Bytes piece) { return *codec.compress(piece, room); });
}

// Arguments: the level, the piece in KiB.
void libdeflate(benchmark::State& state) {
  auto* compressor = libdeflate_alloc_compressor(static_cast<int>(state.range(0)));
  auto piece = static_cast<size_t>(state.range(1)) << 10;
  std::vector<std::byte> room(libdeflate_gzip_compress_bound(compressor, piece));
  in_pieces(state, piece, [&](Bytes bytes) {
    return libdeflate_gzip_compress(compressor, bytes.data(), bytes.size(), room.data(), room.size());
  });
  libdeflate_free_compressor(compressor);
}

void zstd(benchmark::State& state) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, static_cast<int>(state.range(0)));
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  auto piece = static_cast<size_t>(state.range(1)) << 10;
  std::vector<std::byte> room(ZSTD_compressBound(piece));
  in_pieces(state, piece, [&](Bytes bytes) {
    return ZSTD_compress2(context, room.data(), room.size(), bytes.data(), bytes.size());
  });
  ZSTD_freeCCtx(context);
}

// What the checks want to know of a layer, collected as publishing does it: beside the hash.
std::shared_ptr<const LayerReport> report_of_layer() {
  constexpr size_t piece = 1 << 20;
  LayerInspector inspector;
  size_t at = 0;
  Done done = watch_layer(
      [&]() -> Result<Bytes> {
        std::string_view next = std::string_view(layer()).substr(at, piece);
        at += next.size();
        return as_bytes(next);
      },
      inspector, LayerLimits{});
  if (!done) give_up(done.error().text());
  return inspector.take();
}

void look_at_layer(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(report_of_layer());
  state.SetBytesProcessed(static_cast<int64_t>(layer().size() * state.iterations()));
}

// All checks of what is in an image, on what was seen in that layer.
void check_files(benchmark::State& state) {
  auto report = report_of_layer();
  std::vector<Check> checks = all_checks();
  std::erase_if(checks, [](const Check& check) { return check.needs != Needs::layers; });
  LayoutRepository nobody_asks("/nowhere");
  CheckRules rules = CheckRules::built_in();
  Expectation expected{.version = *Version::parse("24.03-LTS-SP1"), .required = {}, .tags = {}};
  expected.utc = expected.tmout = true;
  auto config =
      Document<Config>::parse(R"({"os":"linux","architecture":"amd64","rootfs":{"type":"layers"}})");
  if (!config) give_up(config.error().text());
  Manifest manifest{std::string(media_type::manifest), config->descriptor(media_type::config), {}, {}};
  for (auto _ : state) {
    CheckedPlatform one{*Platform::parse("amd64"),
                        manifest.config,
                        Document<Manifest>::of(manifest),
                        *config,
                        {{digest_of("x"), layer().size(), digest_of("x"), report}},
                        RootView(),
                        {}};
    one.root->add(report);
    CheckedImage image{manifest.config, {}, {std::move(one)}};
    benchmark::DoNotOptimize(run_checks(checks, {nobody_asks, image, expected, rules}, {}));
  }
  state.SetBytesProcessed(static_cast<int64_t>(layer().size() * state.iterations()));
}

#define PART(...) BENCHMARK(__VA_ARGS__)->Unit(benchmark::kMillisecond)->Iterations(1)
PART(unpack_xz);
PART(sha256);
PART(look_at_layer);
PART(check_files);
BENCHMARK_CAPTURE(ours, gzip, gzip_pieces())->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(ours, zstd, zstd_pieces())->Unit(benchmark::kMillisecond)->Iterations(1);
PART(libdeflate)->Args({4, 1024})->Args({5, 1024})->Args({6, 1024})->Args({4, 4096})->Args({5, 4096});
PART(zstd)->Args({3, 4096})->Args({5, 4096})->Args({6, 4096})->Args({6, 1024})->Args({7, 4096});

}  // namespace

BENCHMARK_MAIN();
