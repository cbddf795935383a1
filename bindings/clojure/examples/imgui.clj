;; Dear ImGui: a window with text and a button, drawn by the processor into imgui.png.
;;
;;     clojure -cp /usr/share/java/jna.jar:src examples/imgui.clj
;;
;; Dear ImGui is C++ without a C interface: nlib makes the functions that Clojure calls.

(ns examples.imgui
  (:require [clojure.java.io :as io]
            [nlib.core :as n]))

(def imgui (n/load-native-library "imgui"))
(n/import-library! imgui :as 'ui :namespace "ImGui")

;; What turns triangles into pixels is a source file of the project's examples; a few lines more of C++, in
;; memory, reach into its std::vector.
(def here (.getParentFile (io/file (or *file* "examples/imgui.clj"))))
(def rasterizer
  (n/load-native-library
   :name "rasterizer"
   :sources [{:name "pixels.cpp" :language "c++"
              :code "#include \"imgui.h\"
                     #include \"software_rasterizer.h\"
                     Image *image(int width, int height) noexcept { return new Image(width, height); }
                     void end(Image *image) noexcept { delete image; }
                     unsigned char *pixels(Image *image) noexcept { return image->rgba.data(); }
                     void render(const void *data, Image *image) noexcept { draw(*(const ImDrawData *)data, *image); }"}
             (io/file here "../../../examples/imgui-png/software_rasterizer.cpp")]
   :include-dirs [(io/file here "../../../examples/imgui-png")]
   :with ["imgui"]))
(n/import-library! rasterizer :as 'raster)
(def png (n/load-native-library "stb_image_write"))

(def width 480)
(def height 240)

(def context (ui/CreateContext))
(def io (ui/GetIO))
(n/put! io :IniFilename nil :DeltaTime 1/60 :DisplaySize [width height])

;; The glyphs, as an image that the rasterizer reads.
(let [pixels (atom nil), w (atom 0), h (atom 0)
      _ (n/invoke (:Fonts io) :GetTexDataAsRGBA32 pixels w h)
      atlas (raster/image @w @h)]
  (.put (n/byte-buffer (raster/pixels atlas) (* 4 @w @h))
        (n/byte-buffer @pixels (* 4 @w @h)))
  (n/invoke (:Fonts io) :SetTexID atlas))

;; A window finds its size in the first frames.
(dotimes [frame 3]
  (ui/NewFrame)
  (ui/SetNextWindowPos [40 30])
  (ui/SetNextWindowSize [400 0])
  (ui/Begin "From Clojure" nil #{:ImGuiWindowFlags_NoCollapse})
  (ui/Text "Frame %d of %s" frame "a program on the Java platform")
  (ui/Button "A button")
  (ui/SameLine)
  (ui/Button "A wide one" [160 0])
  (ui/End)
  (ui/Render))

(def image (raster/image width height))
(raster/render (ui/GetDrawData) image)
(n/call png "stbi_write_png" "imgui.png" width height 4 (raster/pixels image) (* 4 width))
(println "triangles:" (quot (:TotalIdxCount (ui/GetDrawData)) 3))
(println "wrote imgui.png:" width "x" height "pixels")

(raster/end image)
(ui/DestroyContext)
