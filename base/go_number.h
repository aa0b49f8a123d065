// Numbers as Go's strconv reads them; what it refuses is told in its words.
#pragma once

#include <cstdint>
#include <string_view>

namespace podrun {

/// strconv.ParseInt and ParseUint of 64 bits, decimal. Throw BadInput:
/// `strconv.ParseInt: parsing "abc": invalid syntax`.
std::int64_t go_parse_int(std::string_view text);
std::uint64_t go_parse_uint(std::string_view text);

}  // namespace podrun
