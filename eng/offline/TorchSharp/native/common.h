// Handles, errors and the one try/catch that every exported function goes through.
#pragma once

#include "hdge_torch.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>

namespace hdge {

inline const char* keep(const char* message) {
  thread_local std::string kept;
  kept = message;
  return kept.c_str();
}

template <class F>
const char* guarded(F&& body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const c10::Error& e) {
    return keep(e.what_without_backtrace());
  } catch (const std::exception& e) {
    return keep(e.what());
  } catch (...) {
    return keep("unknown native exception");
  }
}

using TensorRef = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

// The handle keeps its reference; the returned tensor has its own.
inline at::Tensor borrow(void* handle) {
  if (handle == nullptr) return at::Tensor();
  return at::Tensor(TensorRef::reclaim_copy(static_cast<c10::TensorImpl*>(handle)));
}

inline void* own(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

}  // namespace hdge
