// Texts to trees of nodes: YAML as Kubernetes reads it (sigs.k8s.io/yaml) and JSON. Nothing here
// knows what a Pod is.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "supervisor/manifest/node.h"

namespace podrun::manifest {

/// What keeps a text from being read, in YAML's or JSON's words.
struct SyntaxError {
  int line = 0;
  std::string text;
};
/// One document of a stream. Empty documents are left out.
using Document = std::variant<Node, SyntaxError>;

/// Bounds that no manifest comes near; beyond them a text is refused.
inline constexpr int kMaxDepth = 100;                  // nested lists and maps
inline constexpr std::size_t kMaxScalar = 3u << 20;    // bytes of one value: of a request's body
inline constexpr std::size_t kMaxNodes = 200000;       // of one document, aliases expanded
inline constexpr std::size_t kMaxExpanded = 8u << 20;  // bytes of one document, ditto
inline constexpr std::size_t kMaxKeys = 10000;         // of one map
inline constexpr std::size_t kMaxRepeats = 100;        // of keys in one map, where they are taken
inline constexpr std::size_t kMaxDocuments = 10000;    // of one source
inline constexpr std::size_t kMaxText = 16u << 20;     // bytes of one source

/// What a key that stands twice in one object does.
enum class Repeats {
  kRefuse,     // a syntax error
  kLastHolds,  // the entry says so: MapEntry::is_repeated
};

/// Documents separated by "---"; JSON where the text starts with '{' (as kubectl decides). A syntax
/// error ends its own document only.
std::vector<Document> read_documents(std::string_view text, Repeats repeats = Repeats::kRefuse);

/// The documents of one YAML stream; `first_line` is the line its text begins at.
void read_yaml(std::string_view text, int first_line, std::vector<Document>& out,
               Repeats repeats = Repeats::kRefuse);
/// The same for concatenated JSON values.
void read_json(std::string_view text, int first_line, std::vector<Document>& out,
               Repeats repeats = Repeats::kRefuse);

/// A text that is one JSON value, as Go's json.Unmarshal takes it; the error's text is Go's.
Document read_json_value(std::string_view text);

/// A plain (unquoted) YAML scalar by the rules of go-yaml v2: YAML 1.1 booleans, octal and hex
/// integers, "_" in numbers. Sets kind, truth and text; false where it is NaN or infinite, which
/// JSON lacks.
bool resolve_plain(std::string_view text, Node& node);
/// A finite number as Go's encoding/json writes it: 1e9 is 1000000000.
std::string json_number(double value);

}  // namespace podrun::manifest
