// What belongs to the process or the thread: modes, threads, random numbers, CUDA.
#include "common.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <mutex>

HDGE_EXPORT const char* hdge_version() { return TORCH_VERSION; }

HDGE_EXPORT int32_t hdge_get_num_threads() { return at::get_num_threads(); }

HDGE_EXPORT const char* hdge_set_num_threads(int32_t count) {
  return hdge::guarded([&] { at::set_num_threads(count); });
}

HDGE_EXPORT int32_t hdge_get_num_interop_threads() { return at::get_num_interop_threads(); }

HDGE_EXPORT const char* hdge_set_num_interop_threads(int32_t count) {
  return hdge::guarded([&] { at::set_num_interop_threads(count); });
}

HDGE_EXPORT int32_t hdge_get_grad_mode() { return c10::GradMode::is_enabled(); }

HDGE_EXPORT void hdge_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

HDGE_EXPORT int32_t hdge_is_inference_mode() { return c10::InferenceMode::is_enabled(); }

// The guard must be deleted on the thread that made it, innermost first.
HDGE_EXPORT void* hdge_inference_mode_enter(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }

HDGE_EXPORT void hdge_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

HDGE_EXPORT const char* hdge_manual_seed(uint64_t seed) {
  return hdge::guarded([&] { at::manual_seed(seed); });
}

namespace {

at::Generator& generator(void* handle) { return *static_cast<at::Generator*>(handle); }

}  // namespace

HDGE_EXPORT const char* hdge_generator_default(int32_t device_type, int32_t device_index, void** result) {
  return hdge::guarded([&] {
    const c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    *result = new at::Generator(at::globalContext().defaultGenerator(device));
  });
}

HDGE_EXPORT const char* hdge_generator_new(uint64_t seed, int32_t device_type, int32_t device_index, void** result) {
  return hdge::guarded([&] {
    const c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    auto made = at::globalContext().defaultGenerator(device).clone();
    made.set_current_seed(seed);
    *result = new at::Generator(std::move(made));
  });
}

HDGE_EXPORT void hdge_generator_delete(void* handle) { delete static_cast<at::Generator*>(handle); }

HDGE_EXPORT const char* hdge_generator_seed(void* handle, uint64_t seed) {
  return hdge::guarded([&] {
    std::lock_guard<std::mutex> lock(generator(handle).mutex());
    generator(handle).set_current_seed(seed);
  });
}

HDGE_EXPORT int64_t hdge_generator_initial_seed(void* handle) { return static_cast<int64_t>(generator(handle).current_seed()); }

HDGE_EXPORT const char* hdge_generator_get_state(void* handle, void** state) {
  return hdge::guarded([&] {
    std::lock_guard<std::mutex> lock(generator(handle).mutex());
    *state = hdge::own(generator(handle).get_state());
  });
}

HDGE_EXPORT const char* hdge_generator_set_state(void* handle, void* state) {
  return hdge::guarded([&] {
    std::lock_guard<std::mutex> lock(generator(handle).mutex());
    generator(handle).set_state(hdge::borrow(state));
  });
}

// Zero in a build of libtorch without CUDA, and on a machine without a GPU.
HDGE_EXPORT int32_t hdge_cuda_device_count() {
  if (!at::hasCUDA()) return 0;
  return c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount();
}

HDGE_EXPORT const char* hdge_cuda_synchronize(int32_t device_index) {
  return hdge::guarded([&] {
    TORCH_CHECK(hdge_cuda_device_count() > 0, "CUDA is not available");
    const c10::impl::VirtualGuardImpl cuda(c10::DeviceType::CUDA);
    const auto index = device_index < 0 ? cuda.getDevice().index() : static_cast<c10::DeviceIndex>(device_index);
    at::detail::getCUDAHooks().deviceSynchronize(index);
  });
}

HDGE_EXPORT int32_t hdge_get_tf32(int32_t cudnn) {
  return cudnn != 0 ? at::globalContext().allowTF32CuDNN() : at::globalContext().allowTF32CuBLAS();
}

HDGE_EXPORT const char* hdge_set_tf32(int32_t cudnn, int32_t enabled) {
  return hdge::guarded([&] {
    if (cudnn != 0) at::globalContext().setAllowTF32CuDNN(enabled != 0);
    else at::globalContext().setAllowTF32CuBLAS(enabled != 0);
  });
}
