// A request in one piece and byte by byte: the parser ends alike, within its limits; its target is
// taken apart without harm.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "supervisor/api/server/request_parser.h"
#include "supervisor/api/server/target.h"

using podrun::api::Limits;
using podrun::api::RequestParser;
using State = RequestParser::State;

namespace {

Limits small_limits() {
  Limits limits;
  limits.header_bytes = 512;
  limits.body_bytes = 256;
  return limits;
}

bool is_over(const RequestParser& parser) {
  return parser.state() == State::kDone || parser.state() == State::kFailed;
}

/// What the parser took, as the connection gives it: what was left comes again with more behind it.
struct Run {
  RequestParser parser{small_limits()};
  std::size_t taken = 0;
};

Run parse(std::string_view input, std::size_t step) {
  Run run;
  for (std::size_t end = std::min(step, input.size());;) {
    const std::size_t took = run.parser.feed(input.substr(run.taken, end - run.taken));
    run.taken += took;
    if (run.taken > end) std::abort();
    if (is_over(run.parser)) return run;
    if (took > 0 || run.parser.state() == State::kHead) continue;
    if (end == input.size()) return run;
    end = std::min(end + step, input.size());
  }
}

void check_request(Run& run) {
  const auto& request = run.parser.request();
  if (request.body.size() > small_limits().body_bytes) std::abort();
  if (request.path.empty() || request.method.empty()) std::abort();
  for (const auto& [name, value] : request.headers)
    for (const char c : name + value)
      if (c == '\r' || c == '\n') std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Run whole = parse(input, size + 1);
  Run bytewise = parse(input, 1);
  if (whole.parser.state() == State::kDone) {
    check_request(whole);
    if (bytewise.parser.state() != State::kDone || whole.taken != bytewise.taken ||
        whole.parser.request().body != bytewise.parser.request().body ||
        whole.parser.request().headers != bytewise.parser.request().headers ||
        whole.parser.request().query != bytewise.parser.request().query ||
        whole.parser.keep_alive() != bytewise.parser.keep_alive())
      std::abort();
  } else if ((whole.parser.state() == State::kFailed) !=
             (bytewise.parser.state() == State::kFailed)) {
    std::abort();
  }
  try {
    (void)podrun::api::parse_target(input);
  } catch (const podrun::BadInput&) {
    // Refused, as most inputs are.
  }
  return 0;
}
