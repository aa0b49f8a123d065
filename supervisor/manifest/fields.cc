#include "supervisor/manifest/fields.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace podrun::manifest {

namespace {

/// Single edits between two words, letters compared without case.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

const Field* ObjectType::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

const Field* ObjectType::closest(std::string_view name) const {
  constexpr std::size_t kLongest = 64;
  if (name.size() > kLongest) return nullptr;
  const Field* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 4) + 1;
  for (const Field& field : fields) {
    const std::size_t edits = distance(name, field.name);
    if (edits < best_distance) {
      best_distance = edits;
      best = &field;
    }
  }
  return best;
}

}  // namespace podrun::manifest
