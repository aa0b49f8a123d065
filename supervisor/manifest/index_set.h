// Sets of completion indexes as Jobs write them: "0,2-4".
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace podrun::manifest {

using IndexSet = std::set<std::int64_t>;

/// Throws BadInput, with Kubernetes' text, for what is no increasing list of indexes below
/// `completions`.
IndexSet parse_indexes(const std::string& text, std::int64_t completions);
/// Two that follow each other are "0,1", three are "0-2".
std::string format_indexes(const IndexSet& indexes);

}  // namespace podrun::manifest
