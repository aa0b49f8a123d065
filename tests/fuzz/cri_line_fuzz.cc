// A line of a container log, whoever wrote it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "supervisor/pod/cri_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = podrun::pod::parse_cri_line(input);
  if (!line) return 0;
  const std::string written =
      podrun::pod::cri_line_prefix(line->time, line->stream, line->partial) +
      std::string(line->text);
  const auto again = podrun::pod::parse_cri_line(written);
  if (!again || again->time != line->time || again->text != line->text) std::abort();
  return 0;
}
