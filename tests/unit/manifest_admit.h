// Shared by the tests of admit(): what came of a text, as short strings.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "supervisor/manifest/admit.h"

namespace podrun::manifest {

using Texts = std::vector<std::string>;
using AdmitJson = nlohmann::ordered_json;

inline Texts error_texts(const Admission& admission) {
  Texts out;
  for (const Remark& error : admission.errors) out.push_back(error.path + ": " + error.text);
  return out;
}

/// The object, which must have no error of any sort; and admitted again it does not change.
inline AdmitJson admitted(const Kind& kind, const std::string& text, const Kind* stored = nullptr) {
  const Admission first = admit(kind, text);
  EXPECT_EQ(first.malformed, "") << text;
  EXPECT_EQ(first.strict, Texts{}) << text;
  EXPECT_EQ(error_texts(first), Texts{}) << text;
  const Admission again = admit(stored == nullptr ? kind : *stored, first.object.dump());
  EXPECT_EQ(again.malformed, "");
  EXPECT_EQ(error_texts(again), Texts{}) << first.object.dump(1);
  EXPECT_EQ(again.object.dump(1), first.object.dump(1));
  const Admission updated =
      admit_update(stored == nullptr ? kind : *stored, first.object.dump(), first.object);
  EXPECT_EQ(error_texts(updated), Texts{}) << first.object.dump(1);
  EXPECT_EQ(updated.object.dump(1), first.object.dump(1));
  return first.object;
}

inline Texts errors_of(const Kind& kind, const std::string& text) {
  const Admission admission = admit(kind, text);
  EXPECT_EQ(admission.malformed, "") << text;
  return error_texts(admission);
}

}  // namespace podrun::manifest
