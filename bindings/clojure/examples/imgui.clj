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

;; What turns triangles into pixels is a source file of the project's examples, with its header beside it; one
;; line more of C++, in memory, gives the address of the pixels in a std::vector.
(def here (.getParentFile (io/file (or *file* "examples/imgui.clj"))))
(def drawing (io/file here "../../../examples/imgui-png"))
(def rasterizer
  (n/load-native-library
   :sources [(io/file drawing "software_rasterizer.cpp")
             {:name "pixels.cpp" :language "c++"
              :code "#include \"software_rasterizer.h\"
                     extern \"C\" unsigned char *pixels(Image &image) { return image.rgba.data(); }"}]
   :include-dirs [drawing]
   :with ["imgui"]))
(n/import-library! rasterizer :as 'raster)
(n/defcfn rasterizer pixels "pixels" ["Image *"] "unsigned char *")

(def png (n/load-native-library "stb_image_write"))

(def width 480)
(def height 240)

(def context (ui/CreateContext))
(def io (ui/GetIO))
(n/put! io :IniFilename nil :DeltaTime 1/60 :DisplaySize [width height])

;; The glyphs, as an image that the rasterizer reads.
(def atlas
  (let [glyphs (atom nil), w (atom 0), h (atom 0)]
    (n/invoke (:Fonts io) :GetTexDataAsRGBA32 glyphs w h)
    (let [atlas (raster/Image @w @h)
          size (* 4 @w @h)]
      (.put (n/byte-buffer (pixels atlas) size) (n/byte-buffer @glyphs size))
      atlas)))
(n/invoke (:Fonts io) :SetTexID atlas)

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

(with-open [image (raster/Image width height)]
  (raster/draw (ui/GetDrawData) image)
  (n/call png "stbi_write_png" "imgui.png" width height 4 (pixels image) (* 4 width)))

(println "triangles:" (quot (:TotalIdxCount (ui/GetDrawData)) 3))
(println "wrote imgui.png:" width "x" height "pixels")

(n/close! atlas)
(ui/DestroyContext)
