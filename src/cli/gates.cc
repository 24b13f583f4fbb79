#include "cli/gates.h"

#include <algorithm>
#include <chrono>

#include "base/guarded.h"
#include "check/comparison.h"
#include "rpm/read_packages.h"

namespace eulerpublisher::cli {
namespace {

// A seat among those who run images; given back when this goes.
class Seated {
 public:
  static Result<Seated> take(TrialSeats seats, const std::stop_token& stop) {
    while (seats && !seats->try_acquire_for(std::chrono::milliseconds(100)))
      if (stop.stop_requested()) return cancelled("stopped");
    return Seated(std::move(seats));
  }
  Seated(Seated&&) = default;
  Seated& operator=(Seated&&) = delete;
  ~Seated() {
    if (seats_) seats_->release();
  }

 private:
  explicit Seated(TrialSeats seats) : seats_(std::move(seats)) {}
  TrialSeats seats_;
};

// Runs a staged image once.
class TrialOnce {
 public:
  using Results = std::vector<CheckResult>;
  Result<Results> of(const CheckedImage& image, const Staged& staged, const GateTerms& terms,
                     std::stop_token stop) {
    auto done = done_.lock();
    if (!*done) {
      Seated seated = TRY(Seated::take(terms.seats, stop));
      auto open_layer = [&](const Descriptor& layer,
                            std::stop_token stop) -> Result<std::unique_ptr<Source>> {
        auto blob = staged.image.layers.find(layer.digest);
        if (blob == staged.image.layers.end()) return not_found("there is no layer {}", layer.digest.brief());
        return blob->second->open(0, stop);
      };
      *done = TRY(run_trials(image, open_layer, terms.expected, terms.rules, terms.trials, stop));
    }
    return **done;
  }

 private:
  Guarded<std::optional<Results>> done_;
};

}  // namespace

Gate make_gate(GateTerms given) {
  return [terms = std::move(given), trial = std::make_shared<TrialOnce>()](
             RepositoryReader& reader, const Staged& staged,
             std::stop_token stop) -> Result<std::vector<CheckResult>> {
    CheckedImage image = TRY(read_image(reader, staged.image.raw_index().descriptor(), staged.layers,
                                        Unread::read, stop, packages_of_root));
    Subject subject{reader, image, terms.expected, terms.rules};
    std::optional<Comparison> comparison;
    if (staged.previous) comparison = compare(*staged.previous, image);
    if (comparison) subject.comparison = &*comparison;
    subject.not_compared = staged.no_previous;
    auto results = run_checks(terms.checks, subject, stop);
    auto tried = TRY(trial->of(image, staged, terms, stop));
    std::ranges::move(tried, std::back_inserter(results));
    return results;
  };
}

Gate failing_gate(Error error) {
  return [error = std::move(error)](RepositoryReader&, const Staged&,
                                    std::stop_token) -> Result<std::vector<CheckResult>> { return error; };
}

}  // namespace eulerpublisher::cli
